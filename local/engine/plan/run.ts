import { messageOf } from "../errors";
import { isShown, type Op, type Sink, type Step } from "../events/events";
import type { Work } from "../providers/provider";
import type { OperationType } from "../state/deployment";
import type { Journal } from "../state/journal";
import type { Resource } from "../state/resource";
import { nameOf } from "../urn";
import { same } from "../values/value";
import { limiter } from "./limiter";

export interface Options {
  readonly dryRun: boolean;
  readonly parallel: number;
  /** URNs; empty: everything. */
  readonly targets: ReadonlySet<string>;
  readonly targetDependents: boolean;
  readonly replaces: ReadonlySet<string>;
  /** `destroy --run-program`: the program runs to say how deletions are to go; nothing is made or changed for it. */
  readonly destroying: boolean;
}

/** A step failed and has been reported. */
export class StepFailed extends Error {}
/** Not done, because something that it needs was not, or because the user asked to stop. */
export class StepSkipped extends Error {}

/** One operation on one stack: what all its steps share. */
export interface Run {
  readonly stack: string;
  readonly project: string;
  readonly options: Options;
  readonly journal: Journal;
  readonly sink: Sink;
  readonly changes: Record<string, number>;
  /** URNs whose step failed or was skipped: what depends on them is skipped too. */
  readonly unmade: Set<string>;
  /** What was said of a component when it was registered: its outputs are told with it. */
  readonly noted: Map<string, Step>;
  /** URNs that --target-dependents has added to the targets. */
  readonly reached: Set<string>;
  failed: boolean;
  /** Asked to stop: running steps are finished, no other is begun. */
  readonly stopping: boolean;
  /** The first request to stop. */
  stop(): void;
  /** The second: running steps are aborted too. */
  readonly abort: AbortController;
  work(urn: string, type: string, timeout?: number): Work;
  /** Runs one step: reports it, keeps it in the pending operations meanwhile (`resource`, or what it resolves with), reports its failure. */
  perform(
    step: Step,
    pending: OperationType | null,
    resource: Resource | (() => Promise<Resource>),
    action: () => Promise<Step | void>,
  ): Promise<void>;
  /** Reports a step that takes no time. */
  note(step: Step): void;
  error(message: string, urn?: string): void;
}

export const step = (
  op: Op,
  urn: string,
  states: { old?: Resource; new?: Resource },
  more: Partial<Step> = {},
): Step => ({
  op,
  urn,
  ...states,
  logical: true,
  ...more,
});

export const openRun = (
  parts: Pick<Run, "stack" | "project" | "options" | "journal" | "sink" | "abort">,
): Run => {
  const { options, journal, sink } = parts;
  const slots = limiter(options.parallel);
  const changes: Record<string, number> = {};
  const count = (each: Step): void => {
    const { logical, op, old, new: now } = each;
    // As in the CLI, reading counts only where it has found a change.
    if (op === "read" && (!old || !now || same(old.outputs, now.outputs))) return;
    if (logical && isShown(each)) changes[op] = (changes[op] ?? 0) + 1;
  };
  // A provider that is stopped says only that it was; the limit is what the reader has to know.
  const limits = new Map<string, { signal: AbortSignal; seconds: number }>();
  const stopped = new AbortController();
  const signalFor = (urn: string, seconds: number | undefined): AbortSignal => {
    limits.delete(urn);
    if (seconds === undefined) return run.abort.signal;
    const signal = AbortSignal.timeout(seconds * 1000);
    limits.set(urn, { signal, seconds });
    return AbortSignal.any([run.abort.signal, signal]);
  };
  const run: Run = {
    ...parts,
    changes,
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
    work: (urn, type, timeout) => {
      const signal = signalFor(urn, timeout);
      return {
        urn,
        type,
        name: nameOf(urn),
        signal,
        waiting: AbortSignal.any([signal, stopped.signal]),
        log: (severity, message) => sink.diagnostic(severity, message, urn),
        status: (message) => sink.diagnostic("info", message, urn, true),
      };
    },
    note: (each) => {
      run.noted.set(each.urn, each);
      sink.before(each, options.dryRun);
      count(each);
      if ((each.new ?? each.old)?.custom) sink.after(each, options.dryRun);
    },
    error: (message, urn) => {
      run.failed = true;
      sink.diagnostic("error", message, urn);
    },
    perform: async (each, pending, resource, action) =>
      await slots(async () => {
        if (run.stopping) {
          run.unmade.add(each.urn);
          throw new StepSkipped(each.urn);
        }
        sink.before(each, options.dryRun);
        let settled = (): void => {};
        try {
          if (pending && !options.dryRun)
            settled = await journal.begin(
              pending,
              typeof resource === "function" ? await resource() : resource,
            );
          const shown = (await action()) ?? each;
          settled();
          await journal.flush();
          count(shown);
          if ((shown.new ?? shown.old)?.custom || shown.op.startsWith("delete"))
            sink.after(shown, options.dryRun);
        } catch (error) {
          run.unmade.add(each.urn);
          settled();
          const late = limits.get(each.urn);
          run.error(
            late?.signal.aborted
              ? `not done within ${late.seconds} s (customTimeouts): ${messageOf(error)}`
              : messageOf(error),
            each.urn,
          );
          sink.failed(each);
          await journal.flush();
          throw new StepFailed(each.urn);
        }
      }),
  };
  return run;
};
