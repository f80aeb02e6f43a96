import { EngineError } from "../errors";
import { type Sink, jsonLines } from "../events/events";
import { collectPreview } from "../events/preview-json";
import { textDisplay } from "../events/text";
import { cancelLocks, lock } from "../state/lock";
import { deploy } from "./deploy";
import { importResource } from "./import";
import type { Arguments } from "./options";
import type { Outcome } from "./outcome";
import { printOutputs } from "./outputs";
import { openStack, type Stack } from "./session";
import { destroy, refresh } from "./teardown";

const toStdout = (line: string): void => { process.stdout.write(`${line}\n`); };
const UNCHANGING = new Set(["same", "read", "refresh", "discard"]);

const withLock = async (stack: Stack, work: () => Promise<Outcome>): Promise<Outcome> => {
  const release = await lock(stack.backend);
  process.once("exit", release);
  try { return await work(); } finally {
    release();
    process.off("exit", release);
  }
};

const exitCodeOf = ({ expectNoChanges }: Arguments, { failed, changes }: Outcome): number => {
  if (failed) return 255;
  if (expectNoChanges && Object.entries(changes).some(([op, count]) => count > 0 && !UNCHANGING.has(op))) {
    process.stderr.write("error: no changes were expected but changes occurred\n");
    return 255;
  }
  return 0;
};

const preview = async (args: Arguments): Promise<number> => {
  const stack = await openStack(args);
  const collector = args.json ? collectPreview() : null;
  const outcome = await deploy(stack, collector?.sink ?? textDisplay("preview", args), true);
  if (collector) toStdout(JSON.stringify(collector.document(outcome), null, 4));
  return exitCodeOf(args, outcome);
};

const change = async (args: Arguments, work: (stack: Stack, sink: Sink) => Promise<Outcome>): Promise<number> => {
  const stack = await openStack(args);
  const sink = args.json ? jsonLines(toStdout) : textDisplay(args.command, args);
  return exitCodeOf(args, await withLock(stack, async () => {
    // Read again under the lock: another operation may have ended between.
    const current = await openStack(args);
    return await work(current, sink);
  }));
};

/** Carries out one command; resolves with the exit code. */
export const perform = async (args: Arguments): Promise<number> => {
  switch (args.command) {
    case "up": case "update": return await change(args, async (stack, sink) => await deploy(stack, sink, false));
    case "preview": case "pre": return await preview(args);
    case "refresh": return await change(args, refresh);
    case "destroy": case "down": return await change(args, destroy);
    case "import": return await change(args, importResource);
    case "output": return await printOutputs(await openStack(args));
    case "cancel": {
      const lifted = await cancelLocks((await openStack(args)).backend);
      process.stdout.write(lifted === 0 ? `The stack '${args.stack}' was not locked.\n` : `The currently running update for '${args.stack}' has been canceled!\n`);
      return 0;
    }
    default: throw new EngineError(`unknown command "${args.command}". See --help.`, 1);
  }
};
