import { identical } from "../plan/identical";
import { keepSecrets } from "../plan/secrecy";
import type { Resource } from "../state/resource";
import { hasUnknown, type Props } from "../values/value";
import type { Deployment } from "./deployment";
import type { Run } from "./run";

/** After a failure some outputs are unknown: those of before are worth more. */
const outputsAfter = (run: Run, state: Resource, given: Props): Props => {
  const known = run.options.dryRun
    ? given
    : Object.fromEntries(Object.entries(given).filter(([, value]) => !hasUnknown(value)));
  return keepSecrets(run.failed ? { ...state.outputs, ...known } : known, state.outputs);
};

/** A component is done when its outputs are registered: only then its hooks are called. */
const runAfterHooks = async (
  { run, hooks }: Deployment,
  before: Resource,
  after: Resource,
): Promise<void> => {
  const op = run.noted.get(after.urn)?.op;
  if (op === "create")
    await hooks.run("AfterCreate", after, {
      newInputs: after.inputs,
      newOutputs: after.outputs,
    });
  if (op === "update")
    await hooks.run("AfterUpdate", after, {
      newInputs: after.inputs,
      oldInputs: before.inputs,
      newOutputs: after.outputs,
      oldOutputs: before.outputs,
    });
};

/** Puts a component's outputs into the state. Resolves with what tells them. */
export const settleOutputs = async (
  deployment: Deployment,
  urn: string,
  given: Props,
): Promise<() => void> => {
  const { run, current } = deployment;
  const state = current.get(urn);
  if (!state) return () => {};
  const next = { ...state, outputs: outputsAfter(run, state, given) };
  const after = identical(state, next) ? state : next;
  current.set(urn, after);
  if (after !== state) run.journal.amend(state, after);
  await run.journal.flush();
  await runAfterHooks(deployment, state, after);
  const noted = run.noted.get(urn) ?? { op: "same" as const, urn, logical: true };
  return () => run.sink.after({ ...noted, new: after }, run.options.dryRun);
};
