import { messageOf } from "@second-server/contract/caught";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import type { Context } from "./context";
import { askCloud, dropletById } from "./droplets";
import { type PlannedLoss, lossesIn, planText } from "./engine/planned-loss";
import { mayLose } from "./engine/possible-loss";
import type { EngineName } from "./engine/spawn";
import { type StoredResource, readResources } from "./engine/state";
import { cannotRun, failed } from "./errors";
import { ageText, newestBackup, pullBackup } from "./last-backup";
import type { Reporter } from "./progress/reporter";

/** A large first pull on a slow line; it has to end before anything is deleted. */
const BACKUP_SECONDS = 1800;

const because = ({ reasons }: PlannedLoss): string =>
  reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;

/**
 * The plan is asked for only where something may be lost: it doubles the time of a run with nothing
 * to do.
 */
export const plannedLosses = async (
  fleet: FleetFacts,
  resources: readonly StoredResource[],
  flags: readonly string[],
  plan: () => Promise<string>,
): Promise<readonly PlannedLoss[]> =>
  mayLose(fleet, resources, flags) ? lossesIn(await plan(), resources) : [];

const lossesOf = async (
  context: Context,
  fleet: FleetFacts,
  engine: EngineName,
  flags: readonly string[],
): Promise<readonly PlannedLoss[]> =>
  await plannedLosses(fleet, (await readResources(context)) ?? [], flags, () =>
    planText(context, engine, flags),
  );

/** What a plan's losses mean, in words; `newest` is asked only where it matters. */
export const lossWords = (
  losses: readonly PlannedLoss[],
  newest: string | undefined,
  now: number = Date.now(),
): readonly string[] => {
  const both = losses.length > 1;
  const words = losses.map((loss) =>
    loss.role === "primary"
      ? `The primary would be replaced${because(loss)}: the droplet ${loss.dropletId} is deleted with what is on it, and a new one gets its data and certificates from the watcher's newest good backup. \`up\` takes a last backup first and refuses where it can't. The newest now: ${newest === undefined ? "none is known (the watcher did not answer, or has no good one)" : ageText(newest, now)}.`
      : `The watcher would be replaced${because(loss)}: the droplet ${loss.dropletId} is deleted with the old backups, which are on it alone, and what the Observatory has recorded since the last one. \`up\` refuses that without --without-backup.`,
  );
  return both
    ? [
        ...words,
        "Both at once would lose the data: the backup is on one of them, the data on the other. Change one, run `up`, then change the other.",
      ]
    : words;
};

/** For `preview`: what would be lost, in words; none where nothing would be. */
export const previewLosses = async (
  context: Context,
  fleet: FleetFacts,
  engine: EngineName,
  flags: readonly string[],
): Promise<readonly string[]> => {
  const losses = await lossesOf(context, fleet, engine, flags);
  const asksForBackup = losses.some(({ role }) => role === "primary");
  return lossWords(losses, asksForBackup ? await newestBackup(context) : undefined);
};

/** A droplet that somebody has deleted has nothing left to save. */
const stillThere = async (
  context: Context,
  losses: readonly PlannedLoss[],
): Promise<readonly PlannedLoss[]> => {
  if (losses.length === 0) return [];
  const ask = await askCloud(context, "up");
  const there = await Promise.all(
    losses.map(async ({ dropletId }) => (await dropletById(ask, dropletId)) !== undefined),
  );
  return losses.filter((_, index) => there[index]);
};

const MEANT = "If that is meant: ./fleet up --without-backup";

/** How a last backup is come by. */
export interface Saving {
  readonly withoutBackup: boolean;
  /** Rejects where the backup is not whole. */
  readonly pull: () => Promise<void>;
  /** When the newest was made, if there is one. */
  readonly newest: () => Promise<string | undefined>;
}

const saveData = async ({ pull, newest }: Saving): Promise<void> => {
  try {
    await pull();
  } catch (error) {
    const at = await newest();
    throw failed(
      [
        "fleet up: a last backup of the primary could not be taken, so it is not replaced. Nothing was touched.",
        `  ${messageOf(error)}`,
        at === undefined
          ? "The watcher has no other good one, or did not answer: the primary's data would be lost."
          : `The newest good one that there is: ${ageText(at)}; what came later would be lost.`,
        MEANT,
      ].join("\n"),
    );
  }
};

/** Returns once what is lost is elsewhere, verified, or may be lost; else rejects. */
export const secure = async (
  losses: readonly PlannedLoss[],
  saving: Saving,
  say: (text: string) => void,
): Promise<void> => {
  const [first] = losses;
  if (first === undefined) return;
  if (saving.withoutBackup) {
    const which = losses.map(({ role }) => `the ${role}`).join(" and ");
    say(`Replaced without a last backup, as was asked: ${which}.`);
    return;
  }
  if (losses.length > 1)
    throw cannotRun(
      `fleet up: both machines would be replaced${because(first)}, and the data lost: the backup is on one of them, the data on the other. Nothing was touched. Change one in fleet.yaml, run ./fleet up, then change the other. ${MEANT}`,
    );
  if (first.role === "watcher")
    throw cannotRun(
      `fleet up: the watcher would be replaced${because(first)}: the old backups are on it alone, and what the Observatory has recorded since the last one. Nothing was touched. A new backup of the primary is taken as soon as the new one is there. ${MEANT}`,
    );
  say(`The primary is replaced${because(first)}: a last backup first, which the new one gets.`);
  await saveData(saving);
};

/**
 * Before an engine's `up`: whatever the plan deletes has its data elsewhere, verified, or nothing
 * is begun. Resolves with the machines that it deletes.
 */
export const saveBeforeLoss = async (
  context: Context,
  fleet: FleetFacts,
  how: {
    readonly engine: EngineName;
    readonly engineArgs: readonly string[];
    readonly withoutBackup?: boolean;
    /** Droplets that never came up. */
    readonly nothingOn?: readonly string[];
  },
  reporter: Reporter,
): Promise<readonly Role[]> => {
  const { nothingOn = [] } = how;
  const losses = await lossesOf(context, fleet, how.engine, how.engineArgs);
  const planned = losses.filter(({ dropletId }) => !nothingOn.includes(dropletId));
  const lost = await stillThere(context, planned);
  await secure(
    lost,
    {
      withoutBackup: how.withoutBackup ?? false,
      pull: () => pullBackup(context, BACKUP_SECONDS, reporter),
      newest: () => newestBackup(context),
    },
    (text) => reporter.say(text),
  );
  return lost.map(({ role }) => role);
};
