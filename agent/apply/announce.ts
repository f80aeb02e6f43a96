import { UNITS, serviceOfUnit } from "@second-server/contract/names";
import { MONITOR_PROGRAM, PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import type { Machine } from "../machine";
import type { Plan } from "./plan";

const MINUTES = 5;
const TRIES = 3;
const BETWEEN_MS = 3000;

/**
 * The services that a release takes from the names that the Observatory asks: it is told of the new
 * names after the primary has them.
 */
const leaving = (before: Release, next: Release): readonly string[] => {
  const stay = new Set((next.publicProbes ?? []).map(({ service, url }) => `${service} ${url}`));
  return (before.publicProbes ?? []).flatMap(({ service, url }) =>
    stay.has(`${service} ${url}`) ? [] : [service],
  );
};

/** The services that the Observatory knows: it refuses a message that names others. */
const knownOf = ({ units, publicProbes = [] }: Release): ReadonlySet<string> =>
  new Set([
    ...units.flatMap(({ name }) => serviceOfUnit(name) ?? []),
    ...publicProbes.map(({ service }) => service),
  ]);

/**
 * The services whose programs are about to restart or to go; "all" when the web server in front of
 * them restarts.
 */
const disturbed = (
  { restart, stop }: Pick<Plan, "restart" | "stop">,
  before: Release,
  next: Release,
): readonly string[] | "all" => {
  // A service that is handed over answers all the while.
  const handed = new Set((next.handovers ?? []).map(({ unit }) => unit));
  return restart.includes(UNITS.nginx)
    ? "all"
    : [
        ...new Set([
          ...[...restart.filter((unit) => !handed.has(unit)), ...stop].flatMap(
            (unit) => serviceOfUnit(unit) ?? [],
          ),
          ...leaving(before, next),
        ]),
      ].filter((service) => knownOf(before).has(service));
};

/**
 * A release's own restarts wake nobody: the Observatory is told before them and after them, and
 * shows it on its page. The window ends by itself should the agent not come to say so. An
 * Observatory that can't be told is no reason not to apply a release.
 */
export const announced = async (
  machine: Machine,
  before: Release,
  next: Release,
  plan: Plan,
  title: string,
  work: () => Promise<void>,
): Promise<void> => {
  const services = disturbed(plan, before, next);
  if (next.role !== "primary" || services.length === 0) return await work();
  /** The complaint; undefined when it was told. */
  const tellOnce = async (words: readonly string[]): Promise<string | undefined> => {
    const { code, stderr } = await machine.run([
      "timeout",
      "5",
      "node",
      "--use-openssl-ca",
      MONITOR_PROGRAM,
      "maintenance",
      title,
      ...words,
      "--config",
      PATHS.watchdogSettings,
    ]);
    return code === 0 ? undefined : stderr.trim() || `exit ${code}`;
  };
  // One that restarts at this very moment, with a release of its own, would hear nothing of it, or
  // go on being silent.
  const tell = async (...words: readonly string[]): Promise<boolean> => {
    let complaint = await tellOnce(words);
    for (let tries = 1; complaint !== undefined && tries < TRIES; tries += 1) {
      await machine.sleep(BETWEEN_MS);
      complaint = await tellOnce(words);
    }
    if (complaint !== undefined)
      machine.log(`the Observatory could not be told of the restarts: ${complaint}`);
    return complaint === undefined;
  };
  const told = await tell(
    "--minutes",
    String(MINUTES),
    ...(services === "all" ? [] : services.flatMap((name) => ["--service", name])),
  );
  try {
    await work();
  } finally {
    if (told) await tell("--end");
  }
};
