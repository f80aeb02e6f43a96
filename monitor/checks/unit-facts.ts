import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { HostFacts } from "@second-server/contract/reports";

const run = promisify(execFile);

/** The state of a unit of which systemd has said nothing. */
export const UNKNOWN = "unknown";

type UnitFacts = Pick<HostFacts, "units"> & Required<Pick<HostFacts, "restarts">>;

/** The blocks of `systemctl show`, in the order in which the units were asked for. */
export const unitFacts = (units: readonly string[], shown: string): UnitFacts => {
  const blocks = shown.split(/\n\s*\n/);
  const valueOf = (index: number, property: string): string | undefined =>
    new RegExp(`^${property}=(.*)$`, "m").exec(blocks[index] ?? "")?.[1];
  const counts = units.flatMap((unit, index) => {
    const count = valueOf(index, "NRestarts");
    return count === undefined ? [] : [[unit, Number(count)] as const];
  });
  return {
    units: Object.fromEntries(
      units.map((unit, index) => [unit, valueOf(index, "ActiveState") ?? UNKNOWN]),
    ),
    restarts: Object.fromEntries(counts),
  };
};

/** What `systemctl show` prints of the units; undefined where systemd can't be asked. */
type ShowUnits = (units: readonly string[]) => Promise<string | undefined>;

const showUnits: ShowUnits = (units) =>
  run("systemctl", ["show", "--property=ActiveState,NRestarts", "--", ...units], {
    timeout: 10_000,
  }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );

/**
 * So long what systemd has said last holds while it can't be asked: it answers nobody while it
 * reads all units again, which took 19 s on a machine whose host had a load of 29.
 */
const LAST_SAID_MS = 5 * 60_000;

/** Asks systemd; a unit of which nothing is known, or not for long, is "unknown". */
export const createUnitFacts = (
  show: ShowUnits = showUnits,
): ((units: readonly string[], now: number) => Promise<UnitFacts>) => {
  let last: { readonly at: number; readonly facts: UnitFacts } | undefined;
  return async (units, now) => {
    if (units.length === 0) return { units: {}, restarts: {} };
    const shown = await show(units);
    if (shown !== undefined) {
      last = { at: now, facts: unitFacts(units, shown) };
      return last.facts;
    }
    const unknown = unitFacts(units, "");
    if (last === undefined || Math.abs(now - last.at) > LAST_SAID_MS) return unknown;
    const known = last.facts;
    return {
      units: Object.fromEntries(units.map((unit) => [unit, known.units[unit] ?? UNKNOWN])),
      restarts: known.restarts,
    };
  };
};
