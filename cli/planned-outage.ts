import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { monitorCommand } from "./access/observatory";
import { sshCapture } from "./access/ssh";
import type { Context } from "./context";
import { type StoredResource, dropletIn } from "./engine/state";
import type { Reporter } from "./progress/reporter";
import { until } from "./wait";

/** A machine that this run takes off the network, and what for. */
export interface PlannedOutage {
  readonly role: Role;
  readonly title: string;
}

/**
 * It ends by itself, should nobody come to end it: longer than a resize or a rebuild takes, short
 * enough to hear of one that went wrong.
 */
const MINUTES = 20;
const OTHER: Readonly<Record<Role, Role>> = { primary: "watcher", watcher: "primary" };

/** The machines whose size changes: DigitalOcean has them off meanwhile. */
export const resizesIn = (
  fleet: FleetFacts,
  resources: readonly StoredResource[],
): readonly PlannedOutage[] =>
  (["primary", "watcher"] as const).flatMap((role) => {
    const was = dropletIn(resources, role)?.outputs?.["size"];
    const { size } = fleet[role];
    const stays = role === "primary" && fleet.primaries.other === "prepared";
    return typeof was === "string" && was !== size && !stays
      ? [{ role, title: `resize of the ${role}: ${was} to ${size}` }]
      : [];
  });

/**
 * Whoever watches a machine is told: the Observatory of the primary's outage, the primary's
 * watchdog of the watcher's.
 */
const wordsFor = ({ role, title }: PlannedOutage, more: readonly string[]): readonly string[] =>
  role === "primary"
    ? monitorCommand(["maintenance", title, ...more], PATHS.observatorySettings)
    : monitorCommand(["watcher-away", title, ...more], PATHS.watchdogSettings);

/** Resolves with the complaint, where there is one. */
const tell = async (
  context: Context,
  outage: PlannedOutage,
  ...more: readonly string[]
): Promise<string | undefined> => {
  try {
    await sshCapture(context, OTHER[outage.role], wordsFor(outage, more));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

/** One that restarts at this very moment would go on being silent. */
const end = async (context: Context, outage: PlannedOutage): Promise<string | undefined> => {
  let complaint: string | undefined;
  await until(
    async () => {
      complaint = await tell(context, outage, "--end");
      return complaint === undefined ? true : undefined;
    },
    { seconds: 15, everyMs: 3000 },
  );
  return complaint;
};

/**
 * What a run does to a machine itself wakes nobody, unless it outlasts the window. A watcher that
 * can't be told is no reason not to go on.
 */
export const announced = async <T>(
  context: Context,
  outages: readonly PlannedOutage[],
  reporter: Reporter,
  work: () => Promise<T>,
): Promise<T> => {
  const say = (
    complaint: string | undefined,
    { role, title }: PlannedOutage,
    what: string,
  ): void => {
    if (complaint !== undefined)
      reporter.say(`The ${OTHER[role]} could not be told of "${title}": ${complaint}${what}`);
  };
  for (const outage of outages)
    say(await tell(context, outage, "--minutes", String(MINUTES)), outage, "");
  try {
    return await work();
  } finally {
    for (const outage of outages)
      say(
        await end(context, outage),
        outage,
        `\nIt says nothing of the ${outage.role} for up to ${MINUTES} minutes more.`,
      );
  }
};
