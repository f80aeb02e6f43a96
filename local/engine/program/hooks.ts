import {
  ErrorHookRequest,
  ErrorHookResponse,
  type RegisterErrorHookRequest,
  type RegisterResourceHookRequest,
  ResourceHookRequest,
  ResourceHookResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { messageOf } from "../errors";
import type { Hooks, HookStates } from "../plan/hooks";
import type { Resource } from "../state/resource";
import { nameOf } from "../urn";
import type { Props } from "../values/value";
import { toWire } from "../values/wire";
import type { Callbacks } from "./callbacks";

const given = (props: Props | undefined): Struct | undefined => (props ? toWire(props) : undefined);

/** What both kinds of request tell of the resource. */
const addressed = <Request extends ResourceHookRequest | ErrorHookRequest>(
  request: Request,
  resource: Resource,
  states: HookStates,
): Request => {
  request.setUrn(resource.urn);
  request.setId(resource.id ?? "");
  request.setName(nameOf(resource.urn));
  request.setType(resource.type);
  request.setNewInputs(given(states.newInputs));
  request.setOldInputs(given(states.oldInputs));
  request.setOldOutputs(given(states.oldOutputs));
  return request;
};

export interface ProgramHooks extends Hooks {
  register(request: RegisterResourceHookRequest): void;
  registerForErrors(request: RegisterErrorHookRequest): void;
  /** Whether the program has to stay until the engine is done, as its functions may still be called. */
  readonly any: boolean;
}

/** `warn`: for hooks whose failures are to be ignored. */
export const openHooks = (
  { invoke }: Callbacks,
  dryRun: boolean,
  warn: (message: string, urn: string) => void,
): ProgramHooks => {
  const known = new Map<string, RegisterResourceHookRequest>();
  const forErrors = new Map<string, RegisterErrorHookRequest>();
  const refuseTwice = (name: string): void => {
    if (known.has(name) || forErrors.has(name))
      throw new Error(`resource hook already registered for name "${name}"`);
  };
  const call = async (
    hook: RegisterResourceHookRequest,
    resource: Resource,
    states: HookStates,
  ): Promise<void> => {
    const request = addressed(new ResourceHookRequest(), resource, states);
    request.setNewOutputs(given(states.newOutputs));
    const error = ResourceHookResponse.deserializeBinary(
      await invoke(hook.getCallback()!, request.serializeBinary()),
    ).getError();
    if (error !== "") throw new Error(error);
  };
  return {
    get any() {
      return known.size + forErrors.size > 0;
    },
    register: (request) => {
      refuseTwice(request.getName());
      known.set(request.getName(), request);
    },
    registerForErrors: (request) => {
      refuseTwice(request.getName());
      forErrors.set(request.getName(), request);
    },
    retry: async (resource, states, operation, errors) => {
      let again = false;
      for (const name of resource.resourceHooks?.OnError ?? []) {
        const hook = forErrors.get(name);
        if (!hook) throw new Error(`error hook "${name}" was not registered`);
        const request = addressed(new ErrorHookRequest(), resource, states);
        request.setFailedOperation(operation);
        request.setErrorsList([...errors]);
        const answer = ErrorHookResponse.deserializeBinary(
          await invoke(hook.getCallback()!, request.serializeBinary()),
        );
        if (answer.getError() !== "")
          throw new Error(
            `error hooks execution failed: error hook "${name}" failed: ${answer.getError()}`,
          );
        again ||= answer.getRetry();
      }
      return again;
    },
    run: async (type, resource, states) => {
      for (const name of resource.resourceHooks?.[type] ?? []) {
        const hook = known.get(name);
        if (!hook) throw new Error(`hook "${name}" was not registered`);
        if (dryRun && !hook.getOnDryRun()) continue;
        try {
          await call(hook, resource, states);
        } catch (error) {
          if (!hook.getIgnoreErrors())
            throw new Error(
              `${type.startsWith("Before") ? "before" : "after"} hook "${name}" failed: ${messageOf(error)}`,
            );
          warn(`${type} hook "${name}" failed: ${messageOf(error)}`, resource.urn);
        }
      }
    },
  };
};
