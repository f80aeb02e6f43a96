import { isShown, type Step } from "../events/events";
import type { Work } from "../providers/provider";
import { nameOf } from "../urn";
import { same } from "../values/value";
import { limiter } from "./limiter";
import { type Run, StepFailed, StepSkipped, type Task } from "./run";
import { createTimeLimits, type TimeLimits } from "./time-limits";

/**
 * Whether the summary counts it. As in the CLI, reading counts only where it has found a change.
 */
const isCounted = (step: Step): boolean => {
  const { logical, op, old, new: now } = step;
  if (op === "read" && (!old || !now || same(old.outputs, now.outputs))) return false;
  return logical && isShown(step);
};

const count = ({ changes }: Run, step: Step): void => {
  if (isCounted(step)) changes[step.op] = (changes[step.op] ?? 0) + 1;
};

const performTask = async (
  run: Run,
  limits: TimeLimits,
  { step, pending, action }: Task,
): Promise<void> => {
  const { sink, journal, options } = run;
  if (run.stopping) {
    run.unmade.add(step.urn);
    throw new StepSkipped(step.urn);
  }
  sink.before(step, options.dryRun);
  let settled = (): void => {};
  try {
    if (pending && !options.dryRun) {
      const { type, resource } = pending;
      settled = await journal.begin(
        type,
        typeof resource === "function" ? await resource() : resource,
      );
    }
    const shown = (await action()) ?? step;
    settled();
    await journal.flush();
    count(run, shown);
    if ((shown.new ?? shown.old)?.custom || shown.op.startsWith("delete"))
      sink.after(shown, options.dryRun);
  } catch (error) {
    run.unmade.add(step.urn);
    settled();
    run.error(limits.reasonOf(step.urn, error), step.urn);
    sink.failed(step);
    await journal.flush();
    throw new StepFailed(step.urn);
  }
};

export const createRun = (
  parts: Pick<Run, "stack" | "project" | "options" | "journal" | "sink" | "abort">,
): Run => {
  const { options, sink, abort } = parts;
  const inSlot = limiter(options.parallel);
  const limits = createTimeLimits(abort.signal);
  const stopped = new AbortController();
  const workOn = (urn: string, type: string, signal: AbortSignal): Work => ({
    urn,
    type,
    name: nameOf(urn),
    signal,
    waiting: AbortSignal.any([signal, stopped.signal]),
    log: (severity, message) => sink.diagnostic(severity, message, urn),
    status: (message) => sink.diagnostic("info", message, urn, true),
  });
  const run: Run = {
    ...parts,
    changes: {},
    unmade: new Set(),
    noted: new Map(),
    reached: new Set(),
    failed: false,
    get stopping() {
      return stopped.signal.aborted;
    },
    stop: () => {
      run.failed = true;
      stopped.abort(new Error("canceled"));
    },
    work: (urn, type, timeout) => workOn(urn, type, limits.signalFor(urn, timeout)),
    note: (step) => {
      run.noted.set(step.urn, step);
      sink.before(step, options.dryRun);
      count(run, step);
      if ((step.new ?? step.old)?.custom) sink.after(step, options.dryRun);
    },
    error: (message, urn) => {
      run.failed = true;
      sink.diagnostic("error", message, urn);
    },
    perform: async (task) => await inSlot(async () => await performTask(run, limits, task)),
  };
  return run;
};
