import { EngineError, messageOf } from "../errors";
import { omit } from "../omit";
import type { Difference, Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { hasUnknown, type Props, reveal, same, Secret, UNKNOWN } from "../values/value";
import { applyCreate, applyImport, applySame, applyUpdate } from "./apply";
import type { Deployment } from "./deployment";
import { differenceOf } from "./difference";
import type { Goal, Registered } from "./goal";
import { keepSecrets, remark } from "./mark";
import { keepIgnored } from "./paths";
import { kindOf, type Planned } from "./planned";
import { isUnknownId } from "./providers";
import { applyReplace } from "./replace";
import { StepFailed, StepSkipped, step } from "./run";
import { isTargeted, matches } from "./targets";

const wantedState = (
  goal: Goal,
  urn: string,
  inputs: Props,
  old: Resource | undefined,
): Resource => ({
  urn,
  type: goal.type,
  custom: goal.custom,
  inputs,
  outputs: old?.outputs ?? {},
  dependencies: goal.dependencies,
  propertyDependencies: goal.propertyDependencies,
  ...(old?.id !== undefined ? { id: old.id } : {}),
  ...(goal.parent ? { parent: goal.parent } : {}),
  ...(goal.provider ? { provider: goal.provider } : {}),
  ...(goal.protect ? { protect: true } : {}),
  ...(goal.retainOnDelete ? { retainOnDelete: true } : {}),
  ...(goal.deletedWith ? { deletedWith: goal.deletedWith } : {}),
  ...(goal.additionalSecretOutputs.length > 0
    ? { additionalSecretOutputs: goal.additionalSecretOutputs }
    : {}),
  ...(goal.customTimeouts ? { customTimeouts: goal.customTimeouts } : {}),
  ...(goal.ignoreChanges.length > 0 ? { ignoreChanges: goal.ignoreChanges } : {}),
  ...(goal.replaceOnChanges.length > 0 ? { replaceOnChanges: goal.replaceOnChanges } : {}),
  ...(goal.replaceWith.length > 0 ? { replaceWith: goal.replaceWith } : {}),
  ...(goal.hooks ? { resourceHooks: goal.hooks } : {}),
  ...(goal.importId ? { importID: goal.importId } : {}),
  ...(goal.sourcePosition ? { sourcePosition: goal.sourcePosition } : {}),
  ...(goal.stackTrace ? { stackTrace: goal.stackTrace } : {}),
  ...(old?.created ? { created: old.created } : {}),
  ...(old?.modified ? { modified: old.modified } : {}),
  ...(old?.initErrors?.length ? { initErrors: old.initErrors } : {}),
});

/** Inputs as they are to be: what must not change kept, completed and validated by the provider. */
const checkInputs = (
  deployment: Deployment,
  goal: Goal,
  urn: string,
  kind: Kind | null,
  old: Resource | undefined,
): Props => {
  const kept = old ? keepIgnored(goal.inputs, old.inputs, goal.ignoreChanges) : goal.inputs;
  if (!kind?.check) return old ? keepSecrets(kept, old.inputs) : kept;
  const { inputs, failures = [] } = kind.check(
    reveal(kept) as Props,
    old && (reveal(old.inputs) as Props),
    deployment.run.work(urn, goal.type),
  );
  if (failures.length > 0)
    throw new EngineError(
      failures
        .map(
          ({ property, reason }) =>
            `${goal.type.split(":").at(-1)} ${goal.name}: ${property === "" ? "" : `property ${property}: `}${reason}`,
        )
        .join("\n"),
    );
  const marked = remark(inputs, kept);
  return old ? keepSecrets(marked, old.inputs) : marked;
};

const plan = (deployment: Deployment, goal: Goal, urn: string): Planned => {
  const kind = goal.custom ? kindOf(deployment, goal.provider, goal.type) : null;
  const old = deployment.oldOf(urn);
  const inputs = checkInputs(deployment, goal, urn, kind, old);
  return { goal, kind, old, wanted: wantedState(goal, urn, inputs, old) };
};

const mustImport = ({ goal, old }: Planned): boolean =>
  goal.importId !== undefined && old?.id !== goal.importId && old?.importID !== goal.importId;

/** Which step it takes. */
const decide = (deployment: Deployment, planned: Planned): (() => Promise<Resource>) => {
  const { run } = deployment;
  const { old, wanted, kind } = planned;
  if (!kind) {
    if (!old) return async () => await applyCreate(deployment, planned);
    return same(old.inputs, wanted.inputs)
      ? async () => await applySame(deployment, planned)
      : async () => await applyUpdate(deployment, planned, { detailed: {}, replaces: [] });
  }
  if (!isTargeted(run, wanted.urn, wanted))
    return async () => await applySame(deployment, { ...planned, wanted: old! });
  if (mustImport(planned)) return async () => await applyImport(deployment, planned);
  if (!old || old.external) return async () => await applyCreate(deployment, planned);
  const forced =
    matches(run.options.replaces, wanted.urn) ||
    planned.goal.replaceWith.some((urn) => deployment.replaced.has(urn));
  const difference: Difference = differenceOf(deployment, planned);
  if (old.pendingReplacement || forced || difference.replaces.length > 0)
    return applyReplace(deployment, planned, difference);
  if (Object.keys(difference.detailed).length > 0 || old.initErrors?.length)
    return async () => await applyUpdate(deployment, planned, difference);
  return async () => await applySame(deployment, planned);
};

/** In a destruction nothing is made or changed: what is there stays until it is deleted, by the hooks and with the provider that the program has now. Null for what is not there, or needs what is not. */
const keepUntilDeleted = (
  deployment: Deployment,
  goal: Goal,
  urn: string,
  needs: readonly string[],
): (() => Promise<Resource>) | null => {
  const old = deployment.oldOf(urn);
  if (!old || needs.some((each) => deployment.leftOut.has(each))) return null;
  const state: Resource = {
    ...omit(old, "resourceHooks"),
    ...(goal.hooks ? { resourceHooks: goal.hooks } : {}),
    ...(isProviderType(goal.type) ? { inputs: goal.inputs } : {}),
  };
  deployment.run.journal.amend(old, state, true);
  deployment.run.note(step("same", urn, { old: state, new: state }));
  return async () => state;
};

/** In a preview the outputs that are secret whatever they will be: their mark must reach what is made of them. */
const secretsToCome = ({ additionalSecretOutputs = [] }: Resource): Props =>
  Object.fromEntries(additionalSecretOutputs.map((name) => [name, new Secret(UNKNOWN)]));

const answer = (state: Resource, dryRun: boolean): Registered => ({
  urn: state.urn,
  ...(state.id !== undefined && state.id !== "" && !isUnknownId(state.id) ? { id: state.id } : {}),
  outputs:
    dryRun && state.custom
      ? { ...secretsToCome(state), ...state.inputs, ...state.outputs }
      : state.outputs,
  result: "success",
});

/** Brings one resource to what the program wants. Failures of steps are answered, not thrown: independent resources go on. */
export const registerResource = async (
  deployment: Deployment,
  goal: Goal,
  urn: string,
  inTurn: <T>(task: () => Promise<T>) => Promise<T>,
): Promise<Registered> => {
  const { run } = deployment;
  const needs = [
    ...goal.dependencies,
    ...Object.values(goal.propertyDependencies).flat(),
    ...(goal.parent ? [goal.parent] : []),
    ...(goal.deletedWith ? [goal.deletedWith] : []),
  ];
  const skip = (): Registered => {
    run.unmade.add(urn);
    return { urn, outputs: {}, result: "skip" };
  };
  if (run.stopping || (goal.custom && needs.some((each) => run.unmade.has(each)))) return skip();
  try {
    const apply = await inTurn(async () => {
      if (run.options.destroying) return keepUntilDeleted(deployment, goal, urn, needs);
      const planned = plan(deployment, goal, urn);
      if (!planned.old && goal.custom && !isTargeted(run, urn, planned.wanted)) return null;
      const left = needs.find((each) => deployment.leftOut.has(each));
      if (left)
        throw new EngineError(
          `${urn} depends on ${left}, which is to be made but is not a --target. Add it: --target '${left}'`,
        );
      return decide(deployment, planned);
    });
    if (!apply) {
      deployment.leftOut.add(urn);
      const state = wantedState(goal, urn, goal.inputs, undefined);
      run.note(step("same", urn, { new: state }));
      return {
        urn,
        outputs: goal.inputs,
        result: "success",
        unknown: goal.custom && !isProviderType(goal.type),
      };
    }
    const state = await apply();
    deployment.current.set(urn, state);
    if (isProviderType(goal.type))
      deployment.providers.add(hasUnknown(state.inputs) ? { ...state, inputs: {} } : state);
    return answer(state, run.options.dryRun);
  } catch (error) {
    run.unmade.add(urn);
    if (error instanceof StepSkipped) return { urn, outputs: {}, result: "skip" };
    if (!(error instanceof StepFailed)) run.error(messageOf(error), urn);
    return { urn, outputs: {}, result: "fail" };
  }
};
