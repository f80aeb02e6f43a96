import type { OffsiteStatus } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { readJson, writeWhole } from "../files";
import type { Machine } from "../machine";

/** How the copy in the third place stands; undefined where there was never one. */
export const offsiteStatus = (machine: Machine): OffsiteStatus | undefined =>
  readJson<OffsiteStatus>(machine.at(PATHS.offsiteStatus));

/** Readable by the Observatory, which is not root; it holds no secret. */
export const recordOffsite = (machine: Machine, news: OffsiteStatus): void => {
  const before = offsiteStatus(machine) ?? { since: machine.now().toISOString() };
  writeWhole(
    machine.at(PATHS.offsiteStatus),
    `${JSON.stringify({ ...before, ...news }, undefined, 2)}\n`,
    0o644,
  );
};

/** A line for people. */
export const offsiteText = ({
  address = "",
  ids = [],
  newestAt,
  copied = {},
  checked = {},
}: OffsiteStatus): string =>
  [
    `third place (${address}): ${ids.length} backups${newestAt === undefined ? "" : `, the newest of ${newestAt}`}`,
    `  copied ${copied.at ?? "never"}${copied.error === undefined ? "" : `; since then it failed: ${copied.error}`}`,
    `  checked ${checked.at ?? "never"}${checked.error === undefined ? "" : `; since then it failed: ${checked.error}`}`,
  ].join("\n");
