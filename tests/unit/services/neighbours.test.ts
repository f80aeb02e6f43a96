import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { exitOf } from "../../fixtures/exit-of";
import { suiteWhere } from "../../fixtures/suite-where";

const PROGRAM = join(__dirname, "../../../services/health/main.py");

const listen = async (status: number): Promise<{ server: Server; port: number }> => {
  const server = createServer((_request, response) => {
    response.writeHead(status);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
};

suiteWhere(
  spawnSync("python3", ["--version"]).status === 0 ? null : "python3 is not installed",
  "the health service",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "second-server-health-"));
    const file = join(folder, "services.json");
    let child: ChildProcess;
    let port = 0;
    let neighbour: Awaited<ReturnType<typeof listen>>;
    let teapot: typeof neighbour;

    beforeAll(async () => {
      neighbour = await listen(204);
      teapot = await listen(418);
      const free = await listen(200);
      port = free.port;
      await new Promise((resolve) => free.server.close(resolve));
      const local = (of: number) => `http://127.0.0.1:${of}/health`;
      writeFileSync(
        file,
        JSON.stringify([
          { name: "notes", local: local(neighbour.port), status: 204 },
          { name: "teapot", local: local(teapot.port), status: 418 },
          { name: "gone", local: local(1), status: 200 },
          { name: "pages", status: 200 },
          { name: "health", local: local(port), status: 200 },
        ]),
      );
      child = spawn("python3", ["-B", PROGRAM], {
        env: { ...process.env, PORT: String(port), SERVICES_FILE: file },
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout!, "data");
    });
    afterAll(async () => {
      child.kill("SIGTERM");
      await exitOf(child);
      neighbour.server.close();
      teapot.server.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test("asks the others of the fleet's list, not those without a port, nor itself", async () => {
      const { neighbours } = (await (
        await fetch(`http://127.0.0.1:${port}/api/health`)
      ).json()) as { neighbours: { name: string; ok: boolean }[] };
      expect(neighbours.map(({ name, ok }) => [name, ok])).toEqual([
        ["notes", true],
        ["teapot", true],
        ["gone", false],
      ]);
    });
    test("is healthy by itself, whatever its neighbours are", async () =>
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200));
  },
);
