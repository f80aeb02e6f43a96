import { messageOf } from "../errors";
import { PartlyMade } from "../providers/provider";
import type { HookType } from "../state/hook-names";
import type { Resource } from "../state/resource";
import type { Props } from "../values/value";
import type { Deployment } from "./deployment";

export interface HookStates {
  readonly newInputs?: Props;
  readonly oldInputs?: Props;
  readonly newOutputs?: Props;
  readonly oldOutputs?: Props;
}

/** The functions that the program wants to be called around a step. One that throws fails the step. */
export interface Hooks {
  run(type: HookType, resource: Resource, states: HookStates): Promise<void>;
  /** Whether a step that has failed with these errors (newest first) is to be tried again. */
  retry(
    resource: Resource,
    states: HookStates,
    operation: Operation,
    errors: readonly string[],
  ): Promise<boolean>;
}
export type Operation = "create" | "update" | "delete";

const MOST_RETRIES = 100;

/** A provider's work, again as often as the program's error hooks want it, until the user stops. What was made partly is not made once more. */
export const persisting = async <T>(
  { hooks, run }: Pick<Deployment, "hooks" | "run">,
  resource: Resource,
  operation: Operation,
  states: HookStates,
  work: () => Promise<T>,
): Promise<T> => {
  const errors: string[] = [];
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (
        !resource.resourceHooks?.OnError ||
        error instanceof PartlyMade ||
        run.stopping ||
        errors.length >= MOST_RETRIES
      )
        throw error;
      errors.unshift(messageOf(error));
      if (!(await hooks.retry(resource, states, operation, errors))) throw error;
      run.sink.diagnostic(
        "warning",
        `retrying ${operation} due to on-error hook request (${errors.length}/${MOST_RETRIES})`,
        resource.urn,
      );
    }
  }
};

/** Where no program runs. What wants a hook of it when it is deleted is refused before. */
export const noHooks: Hooks = { retry: async () => false, run: async () => {} };
