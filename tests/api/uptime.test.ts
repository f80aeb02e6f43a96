import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { probeFrom, type ProbeResult, type ProbeTarget } from "../../local/cloud/api/watch/probe";
import { uptimeRound } from "../../local/cloud/api/watch/uptime-round";
import { testApi } from "./harness";

const good: Omit<ProbeResult, "id"> = {
  up: true,
  cause: "",
  milliseconds: 40,
  certificateUntil: "2027-02-19T00:00:00.000Z",
};
const bad: Omit<ProbeResult, "id"> = {
  up: false,
  cause: "answered 503",
  milliseconds: 12,
  certificateUntil: null,
};

/** An API with one check of a name that there is, and a world that answers as told. */
const watched = async (alert: Record<string, unknown>, more: Record<string, unknown> = {}) => {
  const api = await testApi();
  await api.call("POST", "/v2/domains", { name: "example.test", ip_address: "203.0.113.10" });
  await api.call("POST", "/v2/domains/example.test/records", {
    type: "CNAME",
    name: "blog",
    data: "example.test.",
  });
  const { check } = (
    await api.call("POST", "/v2/uptime/checks", {
      name: "blog",
      type: "https",
      target: "https://blog.example.test/",
      regions: ["eu_west", "us_east"],
      enabled: true,
      ...more,
    })
  ).body;
  const made = await api.call("POST", `/v2/uptime/checks/${check.id}/alerts`, {
    name: "alarm",
    notifications: { email: ["a@example.test"], slack: [] },
    ...alert,
  });
  expect(made.status).toBe(201);
  const asked: ProbeTarget[] = [];
  const sees = async (result: Omit<ProbeResult, "id">, seconds = 60): Promise<void> => {
    await api.clock.advance(seconds * 1000);
    await uptimeRound(api.cloud, (targets) => {
      asked.push(...targets);
      return Promise.resolve(targets.map(({ id }) => ({ ...result, id })));
    });
    await api.cloud.jobs.settled();
  };
  const state = async () =>
    (await api.call("GET", `/v2/uptime/checks/${check.id}/state`)).body.state;
  return {
    api,
    check,
    asked,
    sees,
    state,
    subjects: () => api.letters.map((letter) => letter.subject),
  };
};

test("up → down → two minutes down: one mail → still down: no other → up: one all-clear, and the outage is on record", async () => {
  const { check, asked, sees, state, subjects, api } = await watched({
    type: "down",
    period: "2m",
  });
  await sees(good);
  expect(asked[0]).toMatchObject({ id: check.id, address: "203.0.113.10" });
  expect((await state()).regions).toEqual({
    eu_west: {
      status: "UP",
      status_changed_at: "2026-11-21T12:01:00Z",
      thirty_day_uptime_percentage: 100,
    },
    us_east: expect.anything(),
  });
  await sees(bad);
  await sees(bad);
  expect(subjects()).toEqual([]);
  await sees(bad);
  expect(subjects()).toEqual(["Triggered: alarm (uptime check blog)"]);
  expect(api.letters[0]!.text).toContain(
    "https://blog.example.test/ is down since 2026-11-21T12:02:00Z: answered 503",
  );
  await sees(bad);
  await sees(good);
  expect(subjects()).toEqual([
    "Triggered: alarm (uptime check blog)",
    "Resolved: alarm (uptime check blog)",
  ]);
  expect(await state()).toMatchObject({
    regions: { eu_west: { status: "UP", thirty_day_uptime_percentage: 33.33 } },
    previous_outage: {
      region: "eu_west",
      started_at: "2026-11-21T12:02:00Z",
      ended_at: "2026-11-21T12:06:00Z",
      duration_seconds: 240,
    },
  });
});

test("slow answers and certificates that end soon have alerts of their own", async () => {
  const slow = await watched({
    type: "latency",
    threshold: 300,
    comparison: "greater_than",
    period: "2m",
  });
  for (const milliseconds of [20, 400, 400, 400, 20]) await slow.sees({ ...good, milliseconds });
  expect(slow.subjects()).toEqual([
    "Triggered: alarm (uptime check blog)",
    "Resolved: alarm (uptime check blog)",
  ]);
  const ending = await watched({ type: "ssl_expiry", threshold: 30, comparison: "less_than" });
  await ending.sees(good);
  expect(ending.subjects()).toEqual([]);
  await ending.sees({ ...good, certificateUntil: "2026-12-01T00:00:00.000Z" });
  expect(ending.subjects()).toEqual(["Triggered: alarm (uptime check blog)"]);
});

test("a name that does not exist, or that DNS will not tell, is down without being asked; one switched off is left alone", async () => {
  const gone = await watched({ type: "down" }, { target: "https://nowhere.example.test/" });
  await gone.sees(good);
  expect(gone.asked).toEqual([]);
  expect((await gone.state()).regions.eu_west.status).toBe("DOWN");
  const silent = await watched({ type: "down" });
  await silent.api.cloud.faults.inject({ kind: "dns", name: "example.test", answer: "SERVFAIL" });
  await silent.sees(good);
  expect((await silent.state()).regions.eu_west.status).toBe("DOWN");
  await silent.api.call("PUT", `/v2/uptime/checks/${silent.check.id}`, { enabled: false });
  await silent.api.cloud.faults.clearAll();
  await silent.sees(good);
  expect((await silent.state()).regions.eu_west.status).toBe("DOWN");
  await silent.api.call("PUT", `/v2/uptime/checks/${silent.check.id}`, {
    target: "https://example.test/",
  });
  expect((await silent.state()).regions.eu_west.status).toBe("CHECKING");
});

test("what an alert remembers is not shown, and thirty days of counts are kept", async () => {
  const { api, check, sees } = await watched({ type: "down" });
  for (let at = 0; at < 40; at++) await sees(bad, 24 * 3_600);
  expect(api.cloud.store.state.uptimeChecks[0]!.state!.days).toHaveLength(30);
  const { alerts } = (await api.call("GET", `/v2/uptime/checks/${check.id}/alerts`)).body;
  expect(Object.keys(alerts[0]).sort()).toEqual(["id", "name", "notifications", "type"]);
});

let server: Server, folder: string, port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "probe-"));
  await writeFile(join(folder, "ca.pem"), "");
  server = createServer((request, response) =>
    response.writeHead(request.url === "/broken" ? 503 : 200).end(),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test("a probe asks the address it is given, whatever the name, and says why it is not content", async () => {
  const at = (id: string, path: string): ProbeTarget => ({
    id,
    type: "http",
    target: `http://blog.example.test:${port}${path}`,
    address: "127.0.0.1",
  });
  const results = await probeFrom(
    null,
    join(folder, "ca.pem"),
  )([
    at("good", "/"),
    at("bad", "/broken"),
    { id: "shut", type: "https", target: "blog.example.test:1", address: "127.0.0.1" },
  ]);
  expect(results).toMatchObject([
    { id: "good", up: true, cause: "" },
    { id: "bad", up: false, cause: "answered 503" },
    { id: "shut", up: false, cause: expect.stringContaining("ECONNREFUSED") },
  ]);
});

test("probes that can't be made reject, so that nothing is taken for down", async () => {
  await expect(
    probeFrom(
      null,
      join(folder, "missing.pem"),
    )([{ id: "x", type: "http", target: "http://x/", address: "127.0.0.1" }]),
  ).rejects.toThrow("uptime probes");
});
