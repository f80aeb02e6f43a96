import {
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { messageOf } from "../errors";
import type { Deployment } from "../plan/deployment";
import type { Registered } from "../plan/goal";
import { invoke } from "../plan/invoke";
import { readResource } from "../plan/read";
import { fromWire, toWire } from "../values/wire";
import type { ProgramHooks } from "./hooks";
import { placeOf } from "./positions";
import { type Folders, goalOf } from "./requests";
import type { Transforms } from "./transforms";

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

/** Answers a call, or reports why it can't be: every error is also a diagnostic, so none is lost in the program's stack traces. */
export const unary =
  <Request, Response>(
    answer: (request: Request) => Promise<Response>,
    onError?: (error: unknown) => void,
  ) =>
  (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    answer(call.request).then(
      (response) => done(null, response),
      (error: unknown) => {
        onError?.(error);
        done({ code: status.UNKNOWN, details: messageOf(error) });
      },
    );
  };

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

/** What the program has of its own in the engine's work. `stay`: it is done but for its hooks; resolves when it may end. */
export interface ProgramSide {
  readonly transforms: Transforms;
  readonly hooks: ProgramHooks;
  stay(): Promise<void>;
}

/** Pulumi's ResourceMonitor: what the program's SDK calls to make resources. The program starts while the state is still being opened; its first call waits for `ready`. */
export const monitorService = (
  ready: Promise<Deployment>,
  folders: Folders,
  { transforms, hooks, stay }: ProgramSide,
  onError: (message: string) => void,
): UntypedServiceImplementation => {
  const failing = (error: unknown): void => onError(messageOf(error));
  const refused = (what: string) =>
    unary(async () => {
      throw new Error(
        `${what} are not supported by the embedded engine. Use the pulumi CLI, or do without.`,
      );
    }, failing);
  return {
    // Today's SDK asks once for all features, and reads no more of the answer; an older one asks for each.
    getDeploymentInfo: unary(async (_: Empty) => {
      const info = new proto.DeploymentInfo();
      info.setSupportedfeaturesList([...FEATURES.values()]);
      return info;
    }),
    supportsFeature: unary(async (request: proto.SupportsFeatureRequest) => {
      const response = new proto.SupportsFeatureResponse();
      response.setHassupport(FEATURES.has(request.getId()));
      return response;
    }),
    registerResource: unary(async (request: proto.RegisterResourceRequest) => {
      const deployment = await ready;
      try {
        await transforms.run(request);
        const answer = await deployment.register(await goalOf(request, folders));
        transforms.keep(answer.urn, request);
        return registered(answer);
      } catch (error) {
        // Told as this resource's failure: an error of the call itself would be the program's, which can take a minute to print it.
        return registered(
          deployment.refuse(
            request.getParent() || undefined,
            request.getType(),
            request.getName(),
            messageOf(error),
          ),
        );
      }
    }, failing),
    registerResourceOutputs: unary(async (request: proto.RegisterResourceOutputsRequest) => {
      await (
        await ready
      ).registerOutputs(request.getUrn(), await fromWire(request.getOutputs(), folders.program));
      return new Empty();
    }, failing),
    readResource: unary(async (request: proto.ReadResourceRequest) => {
      const { urn, outputs, result } = await readResource(
        await ready,
        request,
        folders.program,
        placeOf(request, folders.project),
      );
      const response = new proto.ReadResourceResponse();
      response.setUrn(urn);
      response.setProperties(toWire(outputs));
      response.setResult(RESULTS[result]);
      return response;
    }, failing),
    invoke: unary(async (request: proto.ResourceInvokeRequest) => {
      const response = new proto.ResourceInvokeResponse();
      response.setReturn(toWire(await invoke(await ready, request, folders.program)));
      return response;
    }),
    call: refused("method calls on resources"),
    registerStackTransform: unary(async (callback: Callback) => {
      transforms.addForStack(callback);
      return new Empty();
    }, failing),
    registerStackInvokeTransform: refused("invoke transforms"),
    registerResourceHook: unary(async (request: proto.RegisterResourceHookRequest) => {
      hooks.register(request);
      return new Empty();
    }, failing),
    registerErrorHook: unary(async (request: proto.RegisterErrorHookRequest) => {
      hooks.registerForErrors(request);
      return new Empty();
    }, failing),
    registerPackage: refused("parameterized packages"),
    // The program has registered all it wants. One with hooks stays: deletions may call them.
    signalAndWaitForShutdown: unary(async (_: Empty) => {
      if (hooks.any) await stay();
      return new Empty();
    }),
  };
};
