import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AGENT } from "@second-server/contract/names";
import { z } from "zod";

import type { FleetFacts } from "../config/fleet";
import { sshCapture } from "./access/ssh";
import type { Context } from "./context";
import { askCloud, deleteDroplet, findDroplet } from "./droplets";
import type { EngineName } from "./engine/spawn";
import { readResources } from "./engine/state";
import { cannotRun, failed } from "./errors";
import { ageText } from "./last-backup";
import type { Reporter } from "./progress/reporter";
import { clearRestore } from "./restore-plan";
import { type UpResult, bringUp } from "./up";

export interface BothLost {
  readonly engine: EngineName;
  readonly install: boolean;
  /** Both go first, though they are there. */
  readonly force: boolean;
  readonly partial: boolean;
  readonly doubtful: boolean;
}

/** There from the decision to the proof: what was begun is gone on with, and nothing goes twice. */
const markOf = ({ paths, stack }: Context): string =>
  join(paths.state, `recovering-from-repository-${stack}`);

interface Machines {
  readonly primary: string | undefined;
  readonly watcher: string | undefined;
}

/** What stands in the way of making both anew, in words; nothing where they may be. */
export const objectionTo = (
  { primary, watcher }: Machines,
  { begun, force }: { readonly begun: boolean; readonly force: boolean },
): string | undefined => {
  if (begun || force || (primary === undefined && watcher === undefined)) return undefined;
  if (primary !== undefined && watcher !== undefined)
    return "both machines are there, so nothing was touched. If both are to be thrown away, with what is on them, add --force.";
  return primary === undefined
    ? "the watcher is there, and has the backups: ./fleet recover primary"
    : "the primary is there, with the data: ./fleet recover watcher. It gets the history of backups back from the third place by itself.";
};

const stackWords = ({ local, stack }: Context): string => (local ? "" : ` --stack ${stack}`);

const statusSchema = z.object({
  backup: z.object({ lastRestoreAt: z.string().optional() }).optional(),
});
const listSchema = z.array(z.object({ id: z.string(), at: z.string() }));
const onWatcher = (context: Context, ...words: readonly string[]): Promise<string> =>
  sshCapture(context, "watcher", ["sudo", "timeout", "600", AGENT, ...words]);

/** An empty third place makes machines without data: that is no recovery. */
const proven = async (context: Context, reporter: Reporter): Promise<void> => {
  const { backup } = statusSchema.parse(JSON.parse(await onWatcher(context, "status", "--json")));
  if (backup?.lastRestoreAt === undefined)
    throw failed(
      "fleet recover: both machines are there, and nothing was restored: the third place had no backup. Is `offsite` the right one? See: ./fleet backup list",
    );
  const listed = listSchema.parse(JSON.parse(await onWatcher(context, "backup", "list", "--json")));
  const restored = listed.find(({ at }) => Date.parse(at) < Date.parse(backup.lastRestoreAt ?? ""));
  reporter.say(
    `Restored from the third place${restored === undefined ? "" : `: the backup ${restored.id} of ${ageText(restored.at)}`}. What was written after it is lost.`,
  );
  reporter.event({ type: "restored", ...restored });
};

/** A restore that refused is asked again with what the owner agrees to. */
const agreeOn = async (
  context: Context,
  { partial, doubtful }: BothLost,
  reporter: Reporter,
): Promise<void> => {
  await clearRestore({
    agreed: { partial, doubtful },
    command: `./fleet recover --from-repository${stackWords(context)}`,
    ask: (words) => onWatcher(context, ...words),
    say: (text) => reporter.say(text),
  });
};

/**
 * Both machines from what the third place has: the watcher fills its repository from there before
 * the primary is given its data, as in any `up` with a new watcher. What is begun is gone on with.
 */
export const recoverBoth = async (
  context: Context,
  fleet: FleetFacts,
  how: BothLost,
  reporter: Reporter,
): Promise<UpResult> => {
  if (fleet.offsite === undefined)
    throw cannotRun(
      `fleet recover: the stack's settings name no third place (Pulumi.${context.stack}.yaml: second-server:offsite). The recovery kit, on paper, has it. See: docs/runbooks/both-lost.md`,
    );
  const ask = await askCloud(context, "recover");
  const [primary, watcher] = [
    await findDroplet(ask, fleet.primary.droplet),
    await findDroplet(ask, fleet.watcher.droplet),
  ];
  const mark = markOf(context);
  const begun = existsSync(mark);
  const objection = objectionTo(
    { primary: primary && String(primary.id), watcher: watcher && String(watcher.id) },
    { begun, force: how.force },
  );
  if (objection !== undefined) throw cannotRun(`fleet recover: ${objection}`);
  if (begun) reporter.say("Going on with the recovery that was begun.");
  else
    for (const droplet of [primary, watcher])
      if (droplet) await deleteDroplet(ask, String(droplet.id));
  writeFileSync(mark, `${new Date().toISOString()}\n`, { mode: 0o600 });
  if (begun && watcher && (how.partial || how.doubtful)) await agreeOn(context, how, reporter);
  reporter.say(
    `Both machines are made anew. Data and certificates come from the third place: ${fleet.offsite.address}`,
  );
  const known = (await readResources(context)) ?? [];
  const result = await bringUp(
    context,
    fleet,
    {
      engine: how.engine,
      install: how.install,
      pace: "host",
      engineArgs: known.length > 0 ? ["--refresh"] : [],
      verifySeconds: 180,
    },
    reporter,
  );
  await proven(context, reporter);
  rmSync(mark, { force: true });
  return result;
};
