import type { Sink } from "../events/events";
import { deleteTargets } from "../execute/delete-in-order";
import type { Deployment } from "../execute/deployment";
import { recoverInterrupted } from "../execute/interrupted";
import { refreshAll } from "../execute/refresh";
import { withProgram } from "./deploy";
import { onInterrupt } from "./interrupt";
import { finish, type Outcome } from "./outcome";
import { openOperation, type Stack, unlock } from "./session";

/** Works on the state alone, without the program. */
const withoutProgram = async (
  stack: Stack,
  sink: Sink,
  kind: "refresh" | "destroy",
  dryRun: boolean,
  work: (deployment: Deployment) => Promise<void>,
): Promise<Outcome> => {
  const started = Date.now();
  const abort = new AbortController();
  const unlocked = await unlock(stack);
  const deployment = openOperation(stack, unlocked, sink, dryRun, abort);
  const release = onInterrupt(() => deployment, abort, sink);
  try {
    sink.prelude({});
    await recoverInterrupted(deployment);
    await work(deployment);
    return await finish(stack, deployment, sink, { kind, started, config: unlocked.config });
  } finally {
    release();
  }
};

export const refresh = async (stack: Stack, sink: Sink, dryRun: boolean): Promise<Outcome> =>
  await withoutProgram(
    stack,
    sink,
    "refresh",
    dryRun,
    async (deployment) => await refreshAll(deployment, true),
  );

/** Deletions are to call functions of a program that does not run. */
const refuseHooks = ({ run }: Deployment, sink: Sink): boolean => {
  const hooked = run.journal.base
    .map(({ urn, resourceHooks }) => ({
      urn,
      names: [...(resourceHooks?.BeforeDelete ?? []), ...(resourceHooks?.AfterDelete ?? [])],
    }))
    .filter(({ names }) => names.length > 0);
  for (const { urn, names } of hooked)
    run.error(
      `Resource has delete hooks registered, but the program is not running. Hooks: ${names.join(", ")}`,
      urn,
    );
  if (hooked.length > 0)
    sink.diagnostic(
      "error",
      "You must run with the `--run-program` flag to use delete hooks during destroy.",
    );
  return hooked.length > 0;
};

export const destroy = async (stack: Stack, sink: Sink, dryRun: boolean): Promise<Outcome> => {
  if (stack.args.runProgram) return await withProgram(stack, sink, dryRun, "destroy");
  return await withoutProgram(stack, sink, "destroy", dryRun, async (deployment) => {
    if (refuseHooks(deployment, sink)) return;
    if (stack.args.refresh) await refreshAll(deployment);
    if (!deployment.run.failed) await deleteTargets(deployment);
  });
};
