import { EngineError, messageOf } from "../errors";
import { existing } from "../plan/existing";
import type { Goal, Registered } from "../plan/goal";
import { checkedInputs } from "../plan/inputs";
import { type Comparison, planStep } from "../plan/plan-step";
import type { PlannedStep } from "../plan/planned-step";
import { refuseProtected } from "../plan/replacement";
import { isTargeted, matches } from "../plan/targets";
import { needsOf, retainedState, wantedState } from "../plan/wanted";
import type { Resource } from "../state/resource";
import { isProviderType, isUnknownId } from "../urn";
import { hasUnknown, type Props, Secret, UNKNOWN } from "../values/value";
import type { Deployment } from "./deployment";
import { executeStep } from "./execute-step";
import { StepFailed, StepSkipped } from "./run";

/** The goal beside what is there, its inputs checked by the provider. */
const compare = (deployment: Deployment, goal: Goal, urn: string): Comparison => {
  const { run, providers } = deployment;
  const kind = goal.custom ? providers.kindOf(goal) : undefined;
  const old = deployment.oldOf(urn);
  const inputs = checkedInputs(goal, kind, old, () => run.work(urn, goal.type));
  return { goal, kind, old, wanted: wantedState(goal, urn, inputs, old) };
};

/** What depends on something that --target has left out can't be made. */
const refuseLeftOut = ({ leftOut }: Deployment, urn: string, needs: readonly string[]): void => {
  const missing = needs.find((each) => leftOut.has(each));
  if (missing)
    throw new EngineError(
      `${urn} depends on ${missing}, which is to be made but is not a --target. Add it: --target '${missing}'`,
    );
};

/**
 * In a destruction: what is there stays until it is deleted. Left out is what is not there, or
 * needs what is not.
 */
const planRetention = (deployment: Deployment, goal: Goal, urn: string): PlannedStep => {
  const old = deployment.oldOf(urn);
  if (!old || needsOf(goal).some((each) => deployment.leftOut.has(each)))
    return { op: "leave-out", wanted: wantedState(goal, urn, goal.inputs, undefined) };
  return { op: "retain", old, wanted: retainedState(goal, old) };
};

/** The step for a goal, planned in its turn: what later plans depend on is noted here. */
const planRegistration = (
  deployment: Deployment,
  goal: Goal,
  urn: string,
  isUnusable: boolean,
): PlannedStep => {
  const { run, replaced } = deployment;
  if (run.options.destroying) return planRetention(deployment, goal, urn);
  const comparison = compare(deployment, goal, urn);
  const { old, wanted } = comparison;
  if (!old && goal.custom && !isTargeted(run, urn, wanted))
    return { op: "leave-out", wanted: wantedState(goal, urn, goal.inputs, undefined) };
  refuseLeftOut(deployment, urn, needsOf(goal));
  const planned = planStep(comparison, {
    targeted: !goal.custom || isTargeted(run, urn, wanted),
    forced:
      isUnusable ||
      matches(run.options.replaces, urn) ||
      goal.replaceWith.some((each) => replaced.has(each)),
    base: run.journal.base,
    kindOf: deployment.providers.kindOf,
    aliasesOf: deployment.aliasesOf,
  });
  if (planned.op === "replace") {
    replaced.add(urn);
    planned.deletedBefore.forEach(refuseProtected);
  }
  return planned;
};

/**
 * In a preview the outputs that are secret whatever they will be: their mark must reach what is
 * made of them.
 */
const secretsToCome = ({ additionalSecretOutputs = [] }: Resource): Props =>
  Object.fromEntries(additionalSecretOutputs.map((name) => [name, new Secret(UNKNOWN)]));

const answerMade = (state: Resource, dryRun: boolean): Registered => ({
  urn: state.urn,
  ...(state.id !== undefined && state.id !== "" && !isUnknownId(state.id) ? { id: state.id } : {}),
  outputs:
    dryRun && state.custom
      ? { ...secretsToCome(state), ...state.inputs, ...state.outputs }
      : state.outputs,
  result: "success",
});

const answerLeftOut = ({ type, custom, inputs }: Goal, urn: string): Registered => ({
  urn,
  outputs: inputs,
  result: "success",
  unknown: custom && !isProviderType(type),
});

/** Whether what a creation has left that did not end well can never be used; that is said then. */
const isUnusable = async (deployment: Deployment, goal: Goal, urn: string): Promise<boolean> => {
  const { run, providers } = deployment;
  const old = deployment.oldOf(urn);
  if (!old?.initErrors?.length || old.external || !goal.custom || run.options.destroying)
    return false;
  const work = run.work(urn, goal.type);
  const flaw = await providers.kindOf(old).unusable?.(existing(old), work);
  if (flaw === undefined) return false;
  work.log("warning", `${flaw}. It is made anew.`);
  return true;
};

const planAndExecute = async (
  deployment: Deployment,
  goal: Goal,
  urn: string,
  inTurn: InTurn,
): Promise<Registered> => {
  const { run, current, providers } = deployment;
  const unusable = await isUnusable(deployment, goal, urn);
  const planned = await inTurn(() => planRegistration(deployment, goal, urn, unusable));
  const state = await executeStep(deployment, planned);
  if (planned.op === "leave-out") return answerLeftOut(goal, urn);
  current.set(urn, state);
  if (isProviderType(goal.type))
    providers.add(hasUnknown(state.inputs) ? { ...state, inputs: {} } : state);
  return answerMade(state, run.options.dryRun);
};

/** Runs a task when those before it are done. */
export type InTurn = <T>(task: () => T) => Promise<T>;

/**
 * Brings one resource to what the program wants. Failures of steps are answered, not thrown:
 * independent resources go on.
 */
export const registerResource = async (
  deployment: Deployment,
  goal: Goal,
  urn: string,
  inTurn: InTurn,
): Promise<Registered> => {
  const { run } = deployment;
  const answerUnmade = (result: "fail" | "skip"): Registered => {
    run.unmade.add(urn);
    return { urn, outputs: {}, result };
  };
  const isBlocked = goal.custom && needsOf(goal).some((each) => run.unmade.has(each));
  if (run.stopping || isBlocked) return answerUnmade("skip");
  try {
    return await planAndExecute(deployment, goal, urn, inTurn);
  } catch (error) {
    if (error instanceof StepSkipped) return answerUnmade("skip");
    if (!(error instanceof StepFailed)) run.error(messageOf(error), urn);
    return answerUnmade("fail");
  }
};
