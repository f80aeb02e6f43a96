import type { Check } from "@second-server/contract/check-settings";

import { backupKind } from "./backup";
import { certificateKind } from "./certificate";
import type { CheckKind, Registry } from "./check-kind";
import { dnsKind } from "./dns";
import { driftKind } from "./drift";
import { failoverKind } from "./failover";
import { heartbeatKind } from "./heartbeat";
import { historyKind } from "./history";
import { hostKind } from "./host";
import { httpKind } from "./http-check";
import { icmpKind } from "./icmp";
import { liveKind } from "./live";
import { offsiteKind } from "./offsite";
import { repositoryKind } from "./repository";
import { sshKind } from "./ssh";
import { tcpKind } from "./tcp";
import { unitKind } from "./unit";

/** Every kind of check. One that the contract names and that is missing here does not compile. */
export const CHECK_KINDS: Registry = {
  http: httpKind,
  tcp: tcpKind,
  certificate: certificateKind,
  dns: dnsKind,
  icmp: icmpKind,
  ssh: sshKind,
  heartbeat: heartbeatKind,
  unit: unitKind,
  host: hostKind,
  backup: backupKind,
  repository: repositoryKind,
  history: historyKind,
  live: liveKind,
  offsite: offsiteKind,
  drift: driftKind,
  failover: failoverKind,
};

export const kindOf = ({ kind }: Pick<Check, "kind">): CheckKind => CHECK_KINDS[kind];
