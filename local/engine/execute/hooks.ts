import type { HookType } from "../state/hook-names";
import type { Resource } from "../state/resource";
import type { Props } from "../values/value";

export interface HookStates {
  readonly newInputs?: Props;
  readonly oldInputs?: Props;
  readonly newOutputs?: Props;
  readonly oldOutputs?: Props;
}

export type Operation = "create" | "update" | "delete";

/**
 * The functions that the program wants to be called around a step. One that throws fails the step.
 */
export interface Hooks {
  readonly run: (type: HookType, resource: Resource, states: HookStates) => Promise<void>;
  /** Whether a step that has failed with these errors (newest first) is to be tried again. */
  readonly retry: (
    resource: Resource,
    states: HookStates,
    operation: Operation,
    errors: readonly string[],
  ) => Promise<boolean>;
}

/** Where no program runs. What wants a hook of it when it is deleted is refused before. */
export const NO_HOOKS: Hooks = { retry: () => Promise.resolve(false), run: async () => {} };
