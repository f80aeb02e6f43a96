import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { messageOf } from "../errors";
import type { Registrar } from "../execute/registrar";
import type { Registered } from "../plan/goal";
import { fromWire, toWire } from "../values/wire";
import type { ProgramHooks } from "./hooks";
import { type Folders, goalOf, invocationOf, readGoalOf } from "./requests";
import type { Transforms } from "./transforms";
import { unary } from "./unary";

const { ResourceMonitorFeature: feature } = proto;
/** What the program may lean on; the SDK refuses by name what is not here. */
const FEATURES: ReadonlyMap<string, proto.ResourceMonitorFeature> = new Map([
  ["secrets", feature.RESOURCE_MONITOR_FEATURE_SECRETS],
  ["resourceReferences", feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES],
  ["aliasSpecs", feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS],
  ["deletedWith", feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH],
  ["transforms", feature.RESOURCE_MONITOR_FEATURE_TRANSFORMS],
  ["resourceHooks", feature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS],
  ["errorHooks", feature.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS],
  ["replaceWith", feature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH],
]);

/** For the program, what was skipped has not been made either. */
const RESULTS = {
  success: proto.Result.SUCCESS,
  fail: proto.Result.FAIL,
  skip: proto.Result.FAIL,
} as const;

const registered = ({
  urn,
  id,
  outputs,
  result,
  unknown = false,
}: Registered): proto.RegisterResourceResponse => {
  const response = new proto.RegisterResourceResponse();
  response.setUrn(urn);
  response.setId(id ?? "");
  response.setObject(toWire(outputs));
  response.setResult(RESULTS[result]);
  response.setUnknown(unknown);
  return response;
};

/**
 * What the program has of its own in the engine's work. `stay`: it is done but for its hooks;
 * resolves when it may end.
 */
export interface ProgramSide {
  readonly transforms: Transforms;
  readonly hooks: ProgramHooks;
  readonly stay: () => Promise<void>;
}

type OnError = (error: unknown) => void;

const refused = (what: string, onError?: OnError) =>
  unary(() => {
    throw new Error(
      `${what} are not supported by the embedded engine. Use the pulumi CLI, or do without.`,
    );
  }, onError);

/**
 * What the program asks before it begins: today's SDK once for all features, and reads no more of
 * the answer; an older one for each.
 */
const askedFeatures = {
  getDeploymentInfo: unary((_: Empty) => {
    const info = new proto.DeploymentInfo();
    info.setSupportedfeaturesList([...FEATURES.values()]);
    return info;
  }),
  supportsFeature: unary((request: proto.SupportsFeatureRequest) => {
    const response = new proto.SupportsFeatureResponse();
    response.setHassupport(FEATURES.has(request.getId()));
    return response;
  }),
};

const registration = (
  ready: Promise<Registrar>,
  folders: Folders,
  transforms: Transforms,
  onError: OnError,
) =>
  unary(async (request: proto.RegisterResourceRequest) => {
    const registrar = await ready;
    try {
      await transforms.run(request);
      const answer = await registrar.register(await goalOf(request, folders));
      transforms.keep(answer.urn, request);
      return registered(answer);
    } catch (error) {
      // Told as this resource's failure: an error of the call itself would be the program's, which
      // can take a minute to print it.
      return registered(
        registrar.refuse(
          request.getParent() || undefined,
          request.getType(),
          request.getName(),
          messageOf(error),
        ),
      );
    }
  }, onError);

const resourceCalls = (
  ready: Promise<Registrar>,
  folders: Folders,
  transforms: Transforms,
  onError: OnError,
): UntypedServiceImplementation => ({
  registerResource: registration(ready, folders, transforms, onError),
  registerResourceOutputs: unary(async (request: proto.RegisterResourceOutputsRequest) => {
    const registrar = await ready;
    const outputs = await fromWire(request.getOutputs(), folders.program);
    await registrar.registerOutputs(request.getUrn(), outputs);
    return new Empty();
  }, onError),
  readResource: unary(async (request: proto.ReadResourceRequest) => {
    const registrar = await ready;
    const { urn, outputs, result } = await registrar.read(await readGoalOf(request, folders));
    const response = new proto.ReadResourceResponse();
    response.setUrn(urn);
    response.setProperties(toWire(outputs));
    response.setResult(RESULTS[result]);
    return response;
  }, onError),
  invoke: unary(async (request: proto.ResourceInvokeRequest) => {
    const registrar = await ready;
    const answer = await registrar.invoke(await invocationOf(request, folders));
    const response = new proto.ResourceInvokeResponse();
    response.setReturn(toWire(answer));
    return response;
  }),
  call: refused("method calls on resources", onError),
  registerPackage: refused("parameterized packages", onError),
});

/** The program's own functions, which the engine calls. */
const functionCalls = (
  { transforms, hooks, stay }: ProgramSide,
  onError: OnError,
): UntypedServiceImplementation => ({
  registerStackTransform: unary((callback: Callback) => {
    transforms.addForStack(callback);
    return new Empty();
  }, onError),
  registerStackInvokeTransform: refused("invoke transforms", onError),
  registerResourceHook: unary((request: proto.RegisterResourceHookRequest) => {
    hooks.register(request);
    return new Empty();
  }, onError),
  registerErrorHook: unary((request: proto.RegisterErrorHookRequest) => {
    hooks.registerForErrors(request);
    return new Empty();
  }, onError),
  // The program has registered all it wants. One with hooks stays: deletions may call them.
  signalAndWaitForShutdown: unary(async (_: Empty) => {
    if (hooks.any) await stay();
    return new Empty();
  }),
});

/**
 * Pulumi's ResourceMonitor: what the program's SDK calls to make resources. The program starts
 * while the state is still being opened; its first call waits for `ready`.
 */
export const monitorService = (
  ready: Promise<Registrar>,
  folders: Folders,
  side: ProgramSide,
  onError: (message: string) => void,
): UntypedServiceImplementation => {
  const tellError: OnError = (error) => onError(messageOf(error));
  return {
    ...askedFeatures,
    ...resourceCalls(ready, folders, side.transforms, tellError),
    ...functionCalls(side, tellError),
  };
};
