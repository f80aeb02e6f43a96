import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { labPaths } from "../../local/cloud/paths";
import { exitOf } from "../fixtures/exit-of";

let state: string, child: ChildProcess | undefined;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "cloud-"));
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(state, { recursive: true, force: true });
  await rm(labPaths(state).socket, { force: true });
});

/** Resolves when the daemon says that it is ready. */
const start = (...options: readonly string[]): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const started = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        "local/cloud/main.ts",
        "serve",
        "--state",
        state,
        "--no-machines",
        ...options,
      ],
      { cwd: join(__dirname, "../.."), stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    started.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("ready: pid")) resolve(started);
    });
    started.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    started.once("exit", (code) => reject(new Error(`exit ${code}: ${said}`)));
  });
const ended = async (one: ChildProcess): Promise<number | null> => (await exitOf(one))[0];

const ask = (
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: { readonly api: string } }> =>
  new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath: labPaths(state).socket,
        method,
        path,
        headers: {
          authorization: "Bearer t",
          "content-type": "application/json",
          connection: "close",
        },
      },
      (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (part: string) => {
            text += part;
          })
          .on("end", () =>
            resolve({
              status: response.statusCode!,
              body: (text.startsWith("{") ? JSON.parse(text) : text) as { readonly api: string },
            }),
          );
      },
    );
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });

test("the daemon without machines: says where it is, keeps what it was told through SIGKILL, ends when asked", async () => {
  child = await start();
  const status = (await ask("GET", "/local/status")).body;
  expect(status).toMatchObject({
    pid: child.pid,
    machines: false,
    api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(
    (await fetch(`${status.api}/v2/account`, { headers: { authorization: "Bearer t" } })).status,
  ).toBe(200);
  expect((await fetch(`${status.api}/local/status`)).status).toBe(404);
  expect((await ask("POST", "/v2/domains", { name: "example.test" })).status).toBe(201);
  child.kill("SIGKILL");
  await ended(child);
  expect(existsSync(labPaths(state).socket)).toBe(true);
  child = await start();
  expect((await ask("GET", "/v2/domains/example.test")).status).toBe(200);
  expect((await ask("GET", "/")).body).toContain("Local DigitalOcean");
  expect((await ask("POST", "/local/shutdown")).status).toBe(202);
  expect(await ended(child)).toBe(0);
});

test("with known tokens only, the network's door opens by the token in the state folder, the socket to its user", async () => {
  child = await start("--tokens", "known");
  const { api } = (await ask("GET", "/local/status")).body;
  const owners = (await readFile(labPaths(state).token, "utf8")).trim();
  expect((await stat(labPaths(state).token)).mode & 0o777).toBe(0o600);
  const account = async (token: string): Promise<number> =>
    (await fetch(`${api}/v2/account`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await account("t"), await account(owners)]).toEqual([401, 200]);
  expect((await ask("GET", "/v2/account")).status).toBe(200);
});
