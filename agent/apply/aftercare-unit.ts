import { UNITS, serviceOfUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { writeWhole } from "../files";
import type { Machine } from "../machine";
import type { Ran } from "../process";

/** What the aftercare is told: the release that was begun, and the services that it restarts. */
export interface Aftercare {
  readonly sha: string;
  readonly at: string;
  /** Those whose end within the first minute is the release's fault. */
  readonly services: readonly string[];
}

export const servicesOfUnits = (units: readonly string[]): readonly string[] =>
  units.flatMap((unit) => serviceOfUnit(unit) ?? []);

/**
 * Starts what looks after a switch, in a process of systemd's: it outlives this one and the
 * connection that this one came by. One of the switch before leaves the rest to it.
 */
export const beginAftercare = async (
  machine: Machine,
  sha: string,
  services: readonly string[],
): Promise<void> => {
  writeWhole(
    machine.at(PATHS.aftercare),
    JSON.stringify({ sha, at: machine.now().toISOString(), services } satisfies Aftercare),
    0o600,
  );
  const begin = (): Promise<Ran> =>
    machine.run([
      "systemd-run",
      "--quiet",
      "--collect",
      `--unit=${UNITS.aftercare}`,
      "--property=Type=exec",
      PATHS.agent,
      "aftercare",
    ]);
  let { code, stderr } = await begin();
  // It refuses where the one of the switch before is at work.
  if (code !== 0) {
    await machine.run(["systemctl", "stop", "--", UNITS.aftercare]);
    ({ code, stderr } = await begin());
  }
  if (code !== 0) machine.log(`nobody will look after this release: ${stderr.trim()}`);
};
