import type { Sink } from "../events/events";
import { deleteAll } from "../plan/deletes";
import type { Deployment } from "../plan/deployment";
import { isTargeted } from "../plan/targets";
import { recoverPending } from "../plan/pending";
import { refreshAll } from "../plan/refresh";
import { requirements } from "../state/resource";
import { onInterrupt } from "./interrupt";
import { finish, type Outcome } from "./outcome";
import { openOperation, type Stack, unlock } from "./session";

/** Works on the state alone, without the program. */
const withoutProgram = async (stack: Stack, sink: Sink, kind: "refresh" | "destroy", dryRun: boolean, work: (deployment: Deployment) => Promise<void>): Promise<Outcome> => {
  const started = Date.now();
  const abort = new AbortController();
  const unlocked = await unlock(stack);
  const deployment = openOperation(stack, unlocked, sink, dryRun, abort);
  const release = onInterrupt(() => deployment, abort, sink);
  try {
    sink.prelude({});
    await recoverPending(deployment);
    await work(deployment);
    return await finish(stack, deployment, sink, kind, started, unlocked.config);
  } finally {
    release();
  }
};

export const refresh = async (stack: Stack, sink: Sink, dryRun: boolean): Promise<Outcome> => await withoutProgram(stack, sink, "refresh", dryRun, async (deployment) => await refreshAll(deployment, true));

export const destroy = async (stack: Stack, sink: Sink, dryRun: boolean): Promise<Outcome> => await withoutProgram(stack, sink, "destroy", dryRun, async (deployment) => {
  const { run } = deployment;
  if (stack.args.refresh) await refreshAll(deployment);
  if (run.failed) return;
  const { targets } = run.options;
  // A target can't be deleted while something needs it.
  const doomed = new Set(run.journal.base.filter((each) => targets.size === 0 || (each.custom && isTargeted(run, each.urn, each) && !each.type.startsWith("pulumi:"))));
  for (const each of run.journal.base) {
    if (targets.size === 0 || doomed.has(each) || !requirements(each).some((urn) => [...doomed].some((other) => other.urn === urn))) continue;
    if (!stack.args.targetDependents) { run.error(`${each.urn} depends on what is to be deleted. Add --target-dependents, or name it with --target.`, each.urn); return; }
    doomed.add(each);
  }
  await deleteAll(deployment, run.journal.base.filter((each) => doomed.has(each)));
});
