import { account } from "./account";
import { actions } from "./actions";
import type { Resource } from "./cloud";
import { domains } from "./domains/routes";
import { destroyWithAssociated } from "./droplets/associated";
import { droplets } from "./droplets/routes";
import { firewalls } from "./firewalls/routes";
import { images } from "./images/routes";
import { snapshots } from "./images/snapshots";
import { projects } from "./projects/routes";
import { reservedIps } from "./reserved-ips/ipv4";
import { reservedIpv6 } from "./reserved-ips/ipv6";
import { sshKeys } from "./ssh-keys";
import { tags } from "./tags";
import { volumes } from "./volumes/routes";
import { volumeSnapshots } from "./volumes/snapshots";
import { vpcPeerings } from "./vpcs/peerings";
import { vpcs } from "./vpcs/routes";
import { metrics } from "./watch/metric-routes";
import { alertPolicies } from "./watch/policy-routes";
import { uptimeChecks } from "./watch/uptime-routes";

/** Every resource of API v2; what is not here is answered with 501. */
export const resources: readonly Resource[] = [
  account,
  sshKeys,
  actions,
  reservedIps,
  reservedIpv6,
  vpcPeerings,
  droplets,
  destroyWithAssociated,
  domains,
  firewalls,
  tags,
  projects,
  vpcs,
  images,
  snapshots,
  volumes,
  volumeSnapshots,
  uptimeChecks,
  alertPolicies,
  metrics,
];
