/** What small programs on the machine have written down of what ran last, for its next report. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type {
  HostFacts,
  JobOutcome,
  RenewalOutcome,
  UpgradeOutcome,
} from "@second-server/contract/reports";

import { flag, jobOutcome, listOf, number, objectOf, read, text } from "../store/shapes";

const isOutcome = objectOf<RenewalOutcome>({ at: number, ok: flag, says: text });
/** Undefined before the first. */
export const renewalOutcome = async (
  name: "renewal" | "trial",
): Promise<RenewalOutcome | undefined> =>
  readFile(`${PATHS.renewals}/${name}.json`, "utf8").then(
    (json) => read<RenewalOutcome>(json, isOutcome),
    () => undefined,
  );

const isUpgrade = objectOf<UpgradeOutcome>({
  at: number,
  packages: listOf(text),
  restarted: listOf(text),
});
/** As `upgrade-outcome` has written it. */
export const upgradeOutcome = async (folder: string): Promise<UpgradeOutcome | undefined> =>
  readFile(join(folder, "last.json"), "utf8").then(
    (json) => read<UpgradeOutcome>(json, isUpgrade),
    () => undefined,
  );

/** By unit, as `job-outcome` has written them; undefined where there are none. */
export const jobOutcomes = async (folder: string): Promise<HostFacts["jobs"]> => {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .map(
        async (name) =>
          [
            name.replace(/\.json$/, ""),
            await readFile(join(folder, name), "utf8").then(
              (json) => read<JobOutcome>(json, jobOutcome),
              () => undefined,
            ),
          ] as const,
      ),
  );
  const known = found.flatMap(([unit, outcome]) =>
    outcome === undefined ? [] : [[unit, outcome] as const],
  );
  return known.length === 0 ? undefined : Object.fromEntries(known);
};
