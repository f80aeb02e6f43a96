import { createHash } from "node:crypto";

import type { Check, FailoverCheck } from "@second-server/contract/check-settings";
import { CHECKS, copyCheck } from "@second-server/contract/checks";
import {
  FAILOVER_TTL_SECONDS,
  type FailoverConfig,
  type FailoverSettings,
} from "@second-server/contract/failover";
import { FEW_CALLS, OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import {
  CERTIFICATE,
  CERTIFICATE_COPY,
  ROUTES,
  SECRETS,
  UNITS,
} from "@second-server/contract/names";
import { PATHS, treeFolder, unitPath } from "@second-server/contract/paths";
import type { MachineFile, ReleaseCertificateCopy } from "@second-server/contract/release";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { fill } from "./fill";
import { jsonFile } from "./json-file";
import type { Tree } from "./sources";

/** Nothing but files: the watcher can serve the same. */
export const hasCopy = ({ kind }: ServiceFacts): boolean => kind === "static";

/** The services that the watcher has a copy of; none where it never takes over. */
export const copiedServices = ({ failover, services }: FleetFacts): readonly ServiceFacts[] =>
  failover === undefined ? [] : services.filter(hasCopy);

/** The path that says of the primary whether its nginx answers, whatever it serves. */
export const primaryPing = ({ primary }: FleetFacts): string =>
  `https://${primary.host}${ROUTES.ping}`;

const manifestPath = (service: string): string => `${PATHS.copies}/${service}.json`;

/** For the drift check: what lies in a copy, file by file. */
export const copyManifest = ({ name, entries }: Tree): MachineFile =>
  jsonFile(manifestPath(name), {
    files: entries.map(({ path, data }) => ({
      path,
      sha256: createHash("sha256").update(data).digest("hex"),
    })),
  });

const settings = (fleet: FleetFacts): FailoverSettings => ({
  domain: fleet.domain,
  hosts: fleet.services.map(({ host }) => host),
  machines: { primary: fleet.primary.host, watcher: fleet.status.host },
  witness: primaryPing(fleet),
});

const units = (): MachineFile[] => [
  {
    path: unitPath(UNITS.failover),
    mode: 0o644,
    text: fill("systemd/failover.service", {
      token: SECRETS.failoverToken,
      hardening: [
        ...hardening({ families: ["AF_INET", "AF_INET6", "AF_UNIX"] }),
        ...OWN_HARDENING,
        FEW_CALLS,
      ].join("\n"),
    }),
  },
  { path: unitPath(UNITS.failoverPath), mode: 0o644, text: fill("systemd/failover.path", {}) },
  { path: unitPath(UNITS.failoverTimer), mode: 0o644, text: fill("systemd/failover.timer", {}) },
];

/** What the watcher has of failover besides nginx's part; nothing where it never takes over. */
export const failoverFiles = (fleet: FleetFacts): readonly MachineFile[] =>
  fleet.failover === undefined
    ? []
    : [
        jsonFile(PATHS.failoverSettings, settings(fleet)),
        {
          path: PATHS.repairPage,
          mode: 0o644,
          text: fill("page/repair.html", {
            fleet: fleet.name,
            statusUrl: `https://${fleet.status.host}/`,
          }),
        },
        ...units(),
      ];

export const certificateCopies = (fleet: FleetFacts): readonly ReleaseCertificateCopy[] =>
  fleet.failover === undefined
    ? []
    : [
        {
          name: CERTIFICATE_COPY,
          of: CERTIFICATE,
          hosts: [...fleet.services.map(({ host }) => host), fleet.primary.host],
        },
      ];

/** For the Observatory; undefined where the watcher never takes over. */
export const failoverConfig = ({ failover, ttl }: FleetFacts): FailoverConfig | undefined =>
  failover && {
    ...failover,
    ttlSeconds: Math.min(ttl, FAILOVER_TTL_SECONDS),
    orderFile: PATHS.failoverOrder,
    stateFile: PATHS.failoverState,
    reportFile: PATHS.failoverReport,
  };

const HOUR_SECONDS = 3600;

/** Whether a failover would work, and whether the copies are what the primary serves. */
export const failoverChecks = (fleet: FleetFacts): readonly Check[] => {
  if (fleet.failover === undefined) return [];
  const would: FailoverCheck = {
    kind: "failover",
    id: CHECKS.failover,
    layer: "data",
    machine: "watcher",
    reportFile: PATHS.failoverReport,
    certificateFile: PATHS.certificateCopy,
    maxAgeSeconds: HOUR_SECONDS,
    minDays: 7,
    intervalSeconds: 60,
  };
  return [
    would,
    ...copiedServices(fleet).map(({ name }): Check => ({
      kind: "drift",
      id: copyCheck(name),
      layer: "data",
      machine: "watcher",
      folder: treeFolder(name),
      manifest: manifestPath(name),
      intervalSeconds: HOUR_SECONDS,
    })),
  ];
};
