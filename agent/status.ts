import type { BackupStatus, LeftData } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";
import type { Identity } from "@second-server/contract/release";

import { readForeign, readJson } from "./files";
import type { Machine } from "./machine";
import { leftData } from "./primary/left-data";
import { type Applied, readApplied, readPrevious } from "./record";

interface UnitState {
  readonly unit: string;
  readonly state: string;
}
export interface Status {
  readonly role: string | undefined;
  readonly applied: { readonly sha: string; readonly at: string } | undefined;
  readonly previous: { readonly sha: string; readonly at: string } | undefined;
  /** A switch was cut short; the next apply goes on from there. */
  readonly unfinished: boolean;
  readonly units: readonly UnitState[];
  readonly backup: BackupStatus | undefined;
  /** Data of services that the release has no more. */
  readonly left: readonly LeftData[];
}

/** The user who pulls has written it: root takes of it what it shows. */
const backupOf = (text: string | undefined): BackupStatus | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? "0");
    return typeof value === "object" && value ? value : undefined;
  } catch {
    return undefined;
  }
};

const brief = (applied: Applied | undefined): Status["applied"] =>
  applied && { sha: applied.sha, at: applied.at };

export const statusOf = async (machine: Machine): Promise<Status> => {
  const applied = readApplied(machine);
  const units = (applied?.release.units ?? [])
    .filter(({ enable }) => enable)
    .map(({ name }) => name);
  const states =
    units.length === 0
      ? []
      : (await machine.run(["systemctl", "is-active", "--", ...units])).stdout.trim().split("\n");
  return {
    role: readJson<Identity>(machine.at(PATHS.identity))?.role,
    applied: brief(applied),
    previous: brief(readPrevious(machine)),
    unfinished: readJson(machine.at(PATHS.pending)) !== undefined,
    units: units.map((unit, index) => ({ unit, state: states[index] ?? "unknown" })),
    backup: backupOf(readForeign(machine.at(PATHS.backupStatus))),
    left: await leftData(machine),
  };
};

/** For people: a line a fact. */
export const statusText = ({
  role,
  applied,
  previous,
  unfinished,
  units,
  backup,
  left,
}: Status): string =>
  [
    `role      ${role ?? "none yet"}`,
    `release   ${applied ? `${applied.sha.slice(0, 12)} since ${applied.at}` : "none yet"}${unfinished ? "; a switch was cut short, the next apply goes on" : ""}`,
    ...(previous ? [`previous  ${previous.sha.slice(0, 12)} since ${previous.at}`] : []),
    ...(backup
      ? [
          `backup    ${backup.newest ?? "none yet"}${backup.error ? `; the last pull failed: ${backup.error}` : ""}`,
        ]
      : []),
    ...left.map(
      ({ service, bytes }) =>
        `left      ${service}, which is no longer in fleet.yaml${bytes === undefined ? "" : `: ${bytes} bytes`}`,
    ),
    ...units.map(({ unit, state }) => `${state.padEnd(9)} ${unit}`),
  ].join("\n");
