import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { Severity, Sink } from "../events/events";
import { unary } from "./unary";

const SEVERITIES: readonly Severity[] = ["debug", "info", "warning", "error"];

/** Pulumi's Engine service: the program's log, and which resource is the stack. */
export const engineService = (
  sink: Sink,
  onError: (message: string, urn?: string) => void,
): UntypedServiceImplementation => {
  let root = "";
  return {
    log: unary((request: proto.LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      const urn = request.getUrn() || undefined;
      if (severity === "error") onError(request.getMessage(), urn);
      else if (severity !== "debug")
        sink.diagnostic(severity, request.getMessage(), urn, request.getEphemeral());
      return new Empty();
    }),
    getRootResource: unary((_: proto.GetRootResourceRequest) => {
      const response = new proto.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary((request: proto.SetRootResourceRequest) => {
      root = request.getUrn();
      return new proto.SetRootResourceResponse();
    }),
    startDebugging: unary((_: proto.StartDebuggingRequest) => new Empty()),
    requirePulumiVersion: unary((_: unknown) => new proto.RequirePulumiVersionResponse()),
  };
};
