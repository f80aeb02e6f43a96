import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
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
import type { Hooks, HookStates, Operation } from "../execute/hooks";
import type { HookType } from "../state/hook-names";
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
  readonly register: (request: RegisterResourceHookRequest) => void;
  readonly registerForErrors: (request: RegisterErrorHookRequest) => void;
  /**
   * Whether the program has to stay until the engine is done, as its functions may still be called.
   */
  readonly any: boolean;
}

type Invoke = Callbacks["invoke"];

const callbackOf = (hook: RegisterResourceHookRequest | RegisterErrorHookRequest): Callback => {
  const callback = hook.getCallback();
  if (!callback) throw new Error(`hook "${hook.getName()}" was registered without a function`);
  return callback;
};

/** Calls a hook; throws what it has to say against the step. */
const callHook = async (
  invoke: Invoke,
  hook: RegisterResourceHookRequest,
  resource: Resource,
  states: HookStates,
): Promise<void> => {
  const request = addressed(new ResourceHookRequest(), resource, states);
  request.setNewOutputs(given(states.newOutputs));
  const error = ResourceHookResponse.deserializeBinary(
    await invoke(callbackOf(hook), request.serializeBinary()),
  ).getError();
  if (error !== "") throw new Error(error);
};

/** Asks an error hook whether the step is to be tried again. */
const callErrorHook = async (
  invoke: Invoke,
  hook: RegisterErrorHookRequest,
  resource: Resource,
  states: HookStates,
  operation: Operation,
  errors: readonly string[],
): Promise<boolean> => {
  const request = addressed(new ErrorHookRequest(), resource, states);
  request.setFailedOperation(operation);
  request.setErrorsList([...errors]);
  const answer = ErrorHookResponse.deserializeBinary(
    await invoke(callbackOf(hook), request.serializeBinary()),
  );
  if (answer.getError() !== "")
    throw new Error(
      `error hooks execution failed: error hook "${hook.getName()}" failed: ${answer.getError()}`,
    );
  return answer.getRetry();
};

/** `warn`: for hooks whose failures are to be ignored. */
export const createHooks = (
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
  const runOne = async (
    type: HookType,
    name: string,
    resource: Resource,
    states: HookStates,
  ): Promise<void> => {
    const hook = known.get(name);
    if (!hook) throw new Error(`hook "${name}" was not registered`);
    if (dryRun && !hook.getOnDryRun()) return;
    try {
      await callHook(invoke, hook, resource, states);
    } catch (error) {
      if (!hook.getIgnoreErrors())
        throw new Error(
          `${type.startsWith("Before") ? "before" : "after"} hook "${name}" failed: ${messageOf(error)}`,
        );
      warn(`${type} hook "${name}" failed: ${messageOf(error)}`, resource.urn);
    }
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
        const retry = await callErrorHook(invoke, hook, resource, states, operation, errors);
        again ||= retry;
      }
      return again;
    },
    run: async (type, resource, states) => {
      for (const name of resource.resourceHooks?.[type] ?? [])
        await runOne(type, name, resource, states);
    },
  };
};
