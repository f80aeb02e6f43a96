import type { Op, Sink, Step } from "../events/events";
import type { Work } from "../providers/provider";
import type { OperationType } from "../state/checkpoint";
import type { Journal } from "../state/journal";
import type { Resource } from "../state/resource";

export interface Options {
  readonly dryRun: boolean;
  readonly parallel: number;
  /** URNs; empty: everything. */
  readonly targets: ReadonlySet<string>;
  readonly targetDependents: boolean;
  readonly replaces: ReadonlySet<string>;
  /**
   * `destroy --run-program`: the program runs to say how deletions are to go; nothing is made or
   * changed for it.
   */
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
  readonly stop: () => void;
  /** The second: running steps are aborted too. */
  readonly abort: AbortController;
  /** What a provider is given to work on one resource. `timeout`: of customTimeouts, in seconds. */
  readonly work: (urn: string, type: string, timeout?: number) => Work;
  /**
   * Runs one step: reports it, keeps it in the pending operations meanwhile, and reports its
   * failure. The action may tell what came of it.
   */
  readonly perform: (task: Task) => Promise<void>;
  /** Reports a step that takes no time. */
  readonly note: (step: Step) => void;
  readonly error: (message: string, urn?: string) => void;
}

export interface Task {
  readonly step: Step;
  /**
   * What the state says of it should the engine die meanwhile; nothing where nothing could be left
   * half done.
   */
  readonly pending?: {
    readonly type: OperationType;
    readonly resource: Resource | (() => Promise<Resource>);
  };
  readonly action: () => Promise<Step | void> | void;
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
