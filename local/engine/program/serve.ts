import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";

import { codeOf } from "../errors";

const PREFIX = "second-server-engine-";
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

/**
 * An engine that was killed leaves its folder: its name says whose it was. Those of other users are
 * theirs to clear.
 */
const sweep = async (): Promise<void> => {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  await Promise.all(
    names.map(async (name) => {
      const pid = Number(/^(\d+)-/.exec(name.slice(PREFIX.length))?.[1]);
      if (!pid || isAlive(pid)) return;
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch((error: unknown) => {
        if (codeOf(error) !== "EPERM" && codeOf(error) !== "EACCES") throw error;
      });
    }),
  );
};

export interface Served {
  /** As gRPC names it: "unix:/tmp/…/s". */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Serves both services on a socket that only this user can reach. */
export const serve = async (
  monitor: UntypedServiceImplementation,
  engine: UntypedServiceImplementation,
): Promise<Served> => {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceMonitorService, monitor);
  server.addService(EngineService, engine);
  const address = `unix:${join(folder, "s")}`;
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  return {
    address,
    close: async () => {
      server.forceShutdown();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
