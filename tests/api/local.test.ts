import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Hono } from "hono";

import { localRoutes } from "../../local/cloud/api/local";
import type { MachineFault } from "../../local/cloud/faults/registry";
import type { Hypervisor } from "../../local/cloud/machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { openInbox } from "../../local/cloud/mail/inbox";
import { newDroplet, testApi, type TestApi } from "./harness";

interface LocalAnswer {
  readonly id: string;
  readonly kind: string;
  readonly message: string;
  readonly calls: readonly unknown[];
  readonly faults: readonly unknown[];
}

let folder: string,
  api: TestApi,
  done: string[],
  control: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: LocalAnswer }>,
  id: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-"));
  done = [];
  const hypervisor: Hypervisor = {
    ...createRecordsOnlyHypervisor(),
    injectFault: (fault: MachineFault) => {
      done.push(`inject ${fault.kind}`);
      return Promise.resolve();
    },
    clearFault: (fault: MachineFault) => {
      done.push(`clear ${fault.kind}`);
      return Promise.resolve();
    },
    exec: (_, argv) => Promise.resolve({ code: 3, stdout: argv.join(" "), stderr: "" }),
  };
  api = await testApi({ hypervisor });
  const app = new Hono().route(
    "/local",
    localRoutes({
      cloud: api.cloud,
      calls: api.calls,
      inbox: await openInbox(folder),
      status: () => ({ pid: 1 }),
      shutdown: () => done.push("shutdown"),
    }) as never,
  );
  control = async (method, path, body) => {
    const response = await app.request(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (response.headers.get("content-type")?.includes("json")
        ? JSON.parse(text)
        : text) as LocalAnswer,
    };
  };
  id = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet.id;
  await api.cloud.jobs.settled();
});
afterEach(() => rm(folder, { recursive: true }));

test("status, calls, console, exec and shutdown", async () => {
  expect((await control("GET", "/local/status")).body).toEqual({
    droplets: 1,
    pace: "host",
    pid: 1,
  });
  expect((await control("GET", "/local/calls")).body.calls[0]).toMatchObject({
    method: "POST",
    path: "/v2/droplets",
    status: 202,
  });
  expect(
    (await control("POST", `/local/droplets/${id}/exec`, { argv: ["id", "-u"] })).body,
  ).toEqual({ code: 3, stdout: "id -u", stderr: "" });
  expect((await control("POST", "/local/droplets/1/exec", { argv: ["id"] })).status).toBe(404);
  expect((await control("GET", `/local/droplets/${id}/console`)).status).toBe(200);
  expect((await control("POST", "/local/shutdown")).status).toBe(202);
  expect(done).toEqual(["shutdown"]);
});

test("a power cut leaves the droplet off, with no action of its own; it ends when it is cleared, or when somebody powers the droplet on", async () => {
  const status = async (): Promise<string> =>
    (await api.call("GET", `/v2/droplets/${id}`)).body.droplet.status;
  const cut = async () =>
    (await control("POST", "/local/faults", { kind: "power-cut", dropletId: id })).body;
  await control("DELETE", `/local/faults/${(await cut()).id}`);
  expect([done, await status()]).toEqual([["inject power-cut", "clear power-cut"], "active"]);
  await cut();
  expect(await status()).toBe("off");
  expect((await api.call("GET", "/v2/actions")).body.actions).toHaveLength(1);
  await api.call("POST", `/v2/droplets/${id}/actions`, { type: "power_on" });
  await api.cloud.jobs.settled();
  expect((await control("GET", "/local/faults")).body.faults).toEqual([]);
});

test("a machine's fault is done by the hypervisor, listed, and ended", async () => {
  const made = await control("POST", "/local/faults", {
    kind: "freeze",
    dropletId: id,
    unit: "fleet-chat.service",
  });
  expect(made).toMatchObject({ status: 201, body: { kind: "freeze", unit: "fleet-chat.service" } });
  expect((await control("GET", "/local/faults")).body.faults).toHaveLength(1);
  expect((await control("DELETE", `/local/faults/${made.body.id}`)).status).toBe(204);
  expect((await control("DELETE", `/local/faults/${made.body.id}`)).status).toBe(404);
  expect(done).toEqual(["inject freeze", "clear freeze"]);
  expect(await control("POST", "/local/faults", { kind: "freeze", dropletId: 1 })).toMatchObject({
    status: 422,
    body: { message: "there is no droplet 1" },
  });
  expect(
    (await control("POST", "/local/faults", { kind: "network-cut", dropletId: id, peerId: 1 }))
      .status,
  ).toBe(422);
  expect(
    (await control("POST", "/local/faults", { kind: "api", path: "/account" })).body.message,
  ).toContain("status or delayMs");
  expect((await control("POST", "/local/faults", { kind: "meteor" })).status).toBe(422);
});

test("API faults: chosen calls err or wait, as often as asked, then all is well again", async () => {
  await control("POST", "/local/faults", {
    kind: "api",
    method: "get",
    path: "/account",
    status: 503,
    message: "maintenance",
    times: 2,
  });
  expect((await api.call("GET", "/v2/regions")).status).toBe(200);
  for (let at = 0; at < 2; at++)
    expect(await api.call("GET", "/v2/account")).toMatchObject({
      status: 503,
      body: { id: "service_unavailable", message: "maintenance" },
    });
  expect((await api.call("GET", "/v2/account")).status).toBe(200);
  await control("POST", "/local/faults", { kind: "api", status: 429, retryAfterSeconds: 2 });
  expect((await api.call("GET", "/v2/account")).headers.get("retry-after")).toBe("2");
  await control("DELETE", "/local/faults");
  await control("POST", "/local/faults", { kind: "api", path: "/account", delayMs: 5_000 });
  let answered = false;
  const slow = api.call("GET", "/v2/account").then((answer) => {
    answered = true;
    return answer;
  });
  await api.clock.advance(4_999);
  expect(answered).toBe(false);
  await api.clock.advance(1);
  expect((await slow).status).toBe(200);
});

test("DNS, ACME and relay faults are found by the services that they are for", async () => {
  for (const fault of [
    { kind: "dns", name: "example.test" },
    { kind: "acme" },
    { kind: "relay", how: "defer" },
  ])
    expect((await control("POST", "/local/faults", fault)).status).toBe(201);
  const { faults } = api.cloud;
  expect(faults.find("dns")).toMatchObject({ answer: "SERVFAIL" });
  expect(faults.find("acme")).toBeDefined();
  expect(faults.find("relay")?.how).toBe("defer");
});

test("a machine's fault outlives the daemon and ends with its droplet", async () => {
  await control("POST", "/local/faults", { kind: "loss", dropletId: id, percent: 10 });
  await control("POST", "/local/faults", { kind: "loss", dropletId: id, percent: 30 });
  expect(api.cloud.faults.list()).toMatchObject([{ kind: "loss", percent: 30 }]);
  await api.resume();
  expect(done).toEqual(["inject loss", "inject loss", "inject loss"]);
  await api.call("DELETE", `/v2/droplets/${id}`);
  expect(api.cloud.faults.list()).toEqual([]);
});
