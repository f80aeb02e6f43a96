import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Serves both services on a socket that only this user can reach. */
export const serve = async (monitor: UntypedServiceImplementation, engine: UntypedServiceImplementation): Promise<{ address: string; close: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), "second-server-engine-"));
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceMonitorService as unknown as ServiceDefinition, monitor);
  server.addService(EngineService as unknown as ServiceDefinition, engine);
  const address = `unix:${join(folder, "s")}`;
  await new Promise<void>((resolve, reject) => server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())));
  return {
    address,
    close: async () => {
      server.forceShutdown();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
