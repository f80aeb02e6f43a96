import { messageOf } from "../errors";
import { PartlyMade } from "../providers/provider";
import type { Resource } from "../state/resource";
import type { Deployment } from "./deployment";
import type { HookStates, Operation } from "./hooks";

const MOST_RETRIES = 100;

/**
 * A provider's work, again as often as the program's error hooks want it, until the user stops.
 * What was made partly is not made once more.
 */
export const withRetries = async <T>(
  { hooks, run }: Deployment,
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
