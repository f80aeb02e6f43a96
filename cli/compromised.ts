import { SECRETS } from "@second-server/contract/names";

import type { FleetFacts } from "../config/fleet";
import { secretsOf } from "../render/alerts";
import type { StoredResource } from "./engine/state";
import { cannotRun } from "./errors";

/**
 * What the stack makes and the primary is given, by the names in the program: its host keys, its
 * key towards the watcher, and what it signs with. The program's test holds the list.
 */
export const KNOWN_TO_PRIMARY: readonly string[] = [
  "keys-host-primary",
  "keys-first-boot-primary",
  "keys-peer-primary",
  SECRETS.primaryKey,
];

/** For the engine: each of them is made anew. */
export const rotations = (resources: readonly StoredResource[]): readonly string[] =>
  resources
    .filter(
      ({ urn, delete: isGoing }) =>
        isGoing !== true && KNOWN_TO_PRIMARY.includes(urn.split("::").at(-1) ?? ""),
    )
    .flatMap(({ urn }) => ["--replace", urn]);

/** "2026-11-27T13:00Z", or a backup's id. */
export const instantOf = (text: string): string => {
  const said = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const at = Date.parse(said);
  if (Number.isNaN(at) || /^\d+$/.test(said))
    throw cannotRun(
      `fleet recover: --at ${JSON.stringify(text)}: say a moment such as 2026-11-27T13:00Z, or the id of a backup: ./fleet ssh watcher -- sudo fleet-agent backup list`,
    );
  return new Date(at).toISOString();
};

const list = (names: readonly string[]): string => names.join(", ");

/** What nobody but the owner can change, each a line; what the old machine knew, by name. */
export const ownersPart = (fleet: FleetFacts, stack: readonly string[] = []): readonly string[] => {
  const set = secretsOf(fleet, "primary").filter((name) => !KNOWN_TO_PRIMARY.includes(name));
  const beats = fleet.checks.also.flatMap((check) =>
    check.kind === "heartbeat" ? [check.id] : [],
  );
  const again = ["./fleet up", ...stack].join(" ");
  return [
    ...set.map(
      (name) =>
        `the secret ${name}: give it another value where it is of use, then ./fleet secret set ${name}, then ${again}`,
    ),
    ...(beats.length > 0
      ? [`the tokens of heartbeats that the primary sends, in fleet.yaml: ${list(beats)}`]
      : []),
    "what lies in the services' own data, or is told to them in fleet.yaml (environment): sessions, passwords, tokens of others",
    `certificates that somebody else may have asked for meanwhile: https://crt.sh/?q=${fleet.domain} lists them all; each that is not of this recovery is to be revoked`,
  ];
};
