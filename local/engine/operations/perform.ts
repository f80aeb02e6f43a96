import type { Action } from "../display/options";
import { textDisplay } from "../display/text";
import { EngineError } from "../errors";
import { type Sink, jsonLines } from "../events/events";
import { collectPreview } from "../events/preview-json";
import { cancelLocks, lock } from "../state/lock";
import { configure } from "./config-commands";
import { deploy } from "./deploy";
import { importResource } from "./import";
import type { Arguments } from "./options";
import type { Outcome } from "./outcome";
import { printOutputs } from "./outputs";
import { openStack, type Stack } from "./session";
import { manageStacks } from "./stack-commands";
import { editState } from "./state-commands";
import { destroy, refresh } from "./teardown";

type Work = (stack: Stack, sink: Sink, dryRun: boolean) => Promise<Outcome>;

const toStdout = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const UNCHANGING = new Set(["same", "read", "refresh", "discard"]);
const display = (stack: Stack, action: Action, preview: boolean): Sink =>
  textDisplay(action, preview, { ...stack.args, project: stack.project.name });

const withLock = async <T>(stack: Stack, work: () => Promise<T>): Promise<T> => {
  const release = await lock(stack.backend);
  process.once("exit", release);
  try {
    return await work();
  } finally {
    release();
    process.off("exit", release);
  }
};

const exitCodeOf = (
  { expectNoChanges }: Arguments,
  { failed, changes }: Outcome,
  operation: string,
): number => {
  if (failed) return 1;
  if (
    !expectNoChanges ||
    Object.entries(changes).every(([op, count]) => count === 0 || UNCHANGING.has(op))
  )
    return 0;
  process.stderr.write(
    `error: no changes were expected for ${operation} but changes were proposed\n`,
  );
  return 7;
};

const previewed = async (stack: Stack, action: Action, work: Work): Promise<Outcome> => {
  const collector = stack.args.json ? collectPreview(stack.args) : undefined;
  const outcome = await work(stack, collector?.sink ?? display(stack, action, true), true);
  if (collector) toStdout(JSON.stringify(collector.document(outcome), null, 4));
  return outcome;
};

const preview = async (args: Arguments): Promise<number> =>
  exitCodeOf(args, await previewed(await openStack(args), "update", deploy), "preview");

/** What changes something: a preview of it first, unless the user wants none, or wants no more. */
const change = async (args: Arguments, action: Action, work: Work): Promise<number> => {
  if (!args.yes && !args.skipPreview && !args.previewOnly)
    throw new EngineError(
      "--yes or --skip-preview or --preview-only must be passed in to proceed when running in non-interactive mode",
      2,
    );
  const stack = await openStack(args);
  if (args.previewOnly) return exitCodeOf(args, await previewed(stack, action, work), "preview");
  const outcome = await withLock(stack, async () => {
    // Read again under the lock: another operation may have ended between.
    const current = await openStack(args);
    if (!args.skipPreview) {
      const planned = await previewed(current, action, work);
      if (planned.failed) return planned;
    }
    return await work(
      current,
      args.json ? jsonLines(toStdout) : display(current, action, false),
      false,
    );
  });
  if (action === "destroy" && !outcome.failed && !args.json && args.targets.length === 0) {
    toStdout(
      "The resources in the stack have been deleted, but the history and configuration " +
        "associated with the stack are still maintained. \n" +
        `If you want to remove the stack completely, run \`pulumi stack rm ${args.stack}\`.`,
    );
  }
  return exitCodeOf(args, outcome, action);
};

/** Opened again under the lock: another operation may have ended between. */
const underLock = async (
  args: Arguments,
  work: (stack: Stack) => Promise<number>,
): Promise<number> =>
  await withLock(await openStack(args), async () => await work(await openStack(args)));

/** Carries out one command; resolves with the exit code. */
export const perform = async (args: Arguments): Promise<number> => {
  switch (args.command) {
    case "up":
    case "update":
      return await change(args, "update", deploy);
    case "preview":
    case "pre":
      return await preview(args);
    case "refresh":
      return await change(args, "refresh", refresh);
    case "destroy":
    case "down":
      return await change(args, "destroy", destroy);
    case "import":
      return await change({ ...args, skipPreview: true }, "import", importResource);
    case "output":
      return await printOutputs(await openStack(args));
    case "config":
      return await configure(args);
    case "stack":
      return await manageStacks(args, underLock);
    case "state":
      return await underLock(args, editState);
    case "cancel": {
      const lifted = await cancelLocks((await openStack(args)).backend);
      process.stdout.write(
        lifted === 0
          ? `The stack '${args.stack}' was not locked.\n`
          : `The currently running update for '${args.stack}' has been canceled!\n`,
      );
      return 0;
    }
    default:
      throw new EngineError(`unknown command "${args.command}" for "pulumi". See --help.`);
  }
};
