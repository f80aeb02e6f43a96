import { messageOf } from "../errors";
import type { Sink } from "../events/events";
import type { Deployment } from "../execute/deployment";
import { forgetInterrupted } from "../execute/interrupted";
import type { Run } from "../execute/run";
import type { StackConfig } from "../project/stack-config";
import { STACK_TYPE } from "../urn";
import type { Props } from "../values/value";
import type { Stack } from "./session";

export type Kind = "update" | "refresh" | "destroy" | "import";
export interface Outcome {
  readonly failed: boolean;
  readonly interrupted: boolean;
  /** Operation → count, as in the summary. */
  readonly changes: Readonly<Record<string, number>>;
  readonly outputs: Props;
  readonly seconds: number;
}

/** What an operation is finished with. */
export interface Finished {
  readonly kind: Kind;
  readonly started: number;
  readonly config: StackConfig;
}

/** The last write, and the history. */
const record = async (
  stack: Stack,
  run: Run,
  { kind, started, config }: Finished,
): Promise<void> => {
  forgetInterrupted(run);
  if (!run.options.dryRun && stack.checkpoint === undefined) run.journal.settle({});
  await run.journal.flush();
  if (run.options.dryRun) return;
  await stack.backend.record({
    kind,
    startTime: Math.floor(started / 1000),
    message: stack.args.message,
    environment: { "exec.kind": "cli" },
    config: config.raw,
    result: run.failed ? "failed" : "succeeded",
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges: run.changes,
  });
};

/** The last write, the history, and the summary. */
export const finish = async (
  stack: Stack,
  { run }: Deployment,
  sink: Sink,
  finished: Finished,
): Promise<Outcome> => {
  const seconds = (Date.now() - finished.started) / 1000;
  try {
    await record(stack, run, finished);
  } catch (error) {
    run.error(`the state could not be written: ${messageOf(error)}`);
  }
  const root = [...run.journal.fresh, ...run.journal.base].find(({ type }) => type === STACK_TYPE);
  const verb = run.options.dryRun ? "preview" : "update";
  if (run.stopping) sink.diagnostic("error", `${verb} canceled`);
  else if (run.unmade.size > 0) sink.diagnostic("error", `${verb} failed`);
  sink.summary({ seconds, changes: run.changes, preview: run.options.dryRun, failed: run.failed });
  return {
    failed: run.failed,
    interrupted: run.stopping,
    changes: run.changes,
    outputs: root?.outputs ?? {},
    seconds,
  };
};
