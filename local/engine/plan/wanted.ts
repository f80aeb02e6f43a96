import { omit } from "../omit";
import type { Resource } from "../state/resource";
import { isProviderType } from "../urn";
import type { Props } from "../values/value";
import type { Goal } from "./goal";

/** The options of a goal as the state has them: what is not set is left out. */
const optionsOf = (goal: Goal): Partial<Resource> => ({
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
});

/** The state that a goal aims at. What only the provider can tell is as before. */
export const wantedState = (
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
  ...optionsOf(goal),
  ...(old?.created ? { created: old.created } : {}),
  ...(old?.modified ? { modified: old.modified } : {}),
  ...(old?.initErrors?.length ? { initErrors: old.initErrors } : {}),
});

/**
 * In a destruction: what is there, to be deleted by the hooks and with the provider that the
 * program has now.
 */
export const retainedState = (goal: Goal, old: Resource): Resource => ({
  ...omit(old, "resourceHooks"),
  ...(goal.hooks ? { resourceHooks: goal.hooks } : {}),
  ...(isProviderType(goal.type) ? { inputs: goal.inputs } : {}),
});

/**
 * What has to be made before the goal can be: its dependencies, its parent, what it is deleted
 * with.
 */
export const needsOf = (goal: Goal): readonly string[] => [
  ...goal.dependencies,
  ...Object.values(goal.propertyDependencies).flat(),
  ...(goal.parent ? [goal.parent] : []),
  ...(goal.deletedWith ? [goal.deletedWith] : []),
];
