import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { digitalOcean } from "../../../../monitor/failover/domain-records";
import { type LeadDeps, leadNames } from "../../../../monitor/failover/lead-names";

const PRIMARY = "203.0.113.1";
const WATCHER = "203.0.113.2";
const NOW = Date.parse("2026-11-27T20:00:00Z");
const WITNESS = "https://primary.example.test/ping";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lead-names-"));
  writeFileSync(join(folder, "page"), "<p>silent<!--since-->.</p>");
  certificate(NOW + 86_400_000);
});
afterEach(() => rmSync(folder, { recursive: true }));

const certificate = (until: number): void =>
  writeFileSync(
    join(folder, "certificate"),
    JSON.stringify({ at: "", until: new Date(until).toISOString() }),
  );

interface Cloud {
  readonly records: { id: number; type: string; name: string; data: string }[];
  readonly scopes: readonly string[];
  readonly witness: readonly string[];
  readonly down?: number;
}
const cloudOf = (more: Partial<Cloud> = {}): Cloud => ({
  records: [
    { id: 1, type: "A", name: "primary", data: PRIMARY },
    { id: 2, type: "A", name: "status", data: WATCHER },
    { id: 3, type: "A", name: "blog", data: PRIMARY },
    { id: 4, type: "A", name: "@", data: PRIMARY },
    { id: 5, type: "TXT", name: "blog", data: "theirs" },
    { id: 6, type: "A", name: "elsewhere", data: "198.51.100.7" },
  ],
  scopes: ["domain:read", "domain:update", "uptime:read"],
  witness: ["DOWN", "DOWN"],
  ...more,
});

/** The API, as DigitalOcean's document has it, and the changes that were made through it. */
const apiOf = (cloud: Cloud) => {
  const changes: string[] = [];
  const answer = (scope: string, body: () => unknown): Response =>
    cloud.scopes.includes(scope)
      ? Response.json(body())
      : Response.json({ id: "forbidden", message: "You are not authorized" }, { status: 403 });
  const fetcher = (async (input: string, init: RequestInit) => {
    const { pathname, searchParams } = new URL(input);
    if (cloud.down !== undefined) return Response.json({ message: "down" }, { status: cloud.down });
    const [, id] = /\/records\/(\d+)$/.exec(pathname) ?? [];
    if (init.method === "PATCH")
      return answer("domain:update", () => {
        const record = cloud.records.find((one) => one.id === Number(id));
        const { data } = JSON.parse(init.body as string) as { data: string };
        if (record) record.data = data;
        changes.push(`${record?.name} ${data}`);
        return { domain_record: record };
      });
    if (pathname.endsWith("/records"))
      return answer("domain:read", () => ({
        domain_records: cloud.records.filter(({ type }) => type === searchParams.get("type")),
      }));
    if (pathname.endsWith("/state"))
      return answer("uptime:read", () => ({
        state: {
          regions: Object.fromEntries(cloud.witness.map((status, n) => [`region${n}`, { status }])),
        },
      }));
    return answer("uptime:read", () => ({ checks: [{ id: "a", target: WITNESS }] }));
  }) as typeof fetch;
  return { api: digitalOcean("token", fetcher), changes };
};

const runWith = async (cloud: Cloud, order: LeadDeps["order"], now = NOW) => {
  const { api, changes } = apiOf(cloud);
  const report = await leadNames({
    settings: {
      domain: "example.test",
      hosts: ["blog.example.test", "example.test"],
      machines: { primary: "primary.example.test", watcher: "status.example.test" },
      witness: WITNESS,
    },
    order,
    api,
    now: () => now,
    paths: {
      failoverReport: join(folder, "report"),
      repairPage: join(folder, "page"),
      repairPageShown: join(folder, "shown"),
      certificateCopy: join(folder, "certificate"),
    },
  });
  return { report, changes };
};
const TO_WATCHER = { number: 1, to: "watcher", byHand: false, since: NOW - 30_000 } as const;

test("the services' names are led to the watcher, and no other record is touched", async () => {
  const cloud = cloudOf();
  const { report, changes } = await runWith(cloud, TO_WATCHER);
  expect(changes).toEqual([`blog ${WATCHER}`, `@ ${WATCHER}`]);
  expect(report).toMatchObject({ order: 1, active: "watcher", provenAt: report.at });
  expect(report.error).toBeUndefined();
  expect(readFileSync(join(folder, "shown"), "utf8")).toBe(
    "<p>silent (since 2026-11-27 19:59:30 UTC).</p>",
  );
});

test("and back, with the page of before taken away", async () => {
  const cloud = cloudOf();
  await runWith(cloud, TO_WATCHER);
  const { report, changes } = await runWith(cloud, { number: 2, to: "primary", byHand: false });
  expect(changes).toEqual([`blog ${PRIMARY}`, `@ ${PRIMARY}`]);
  expect(report).toMatchObject({ order: 2, active: "primary" });
  expect(() => readFileSync(join(folder, "shown"))).toThrow();
});

test.each([[["UP", "DOWN"]], [["CHECKING", "CHECKING"]], [[]]])(
  "where DigitalOcean's own check does not find the primary down (%j) nothing is moved",
  async (witness) => {
    const { report, changes } = await runWith(cloudOf({ witness }), TO_WATCHER);
    expect(changes).toEqual([]);
    expect(report).toMatchObject({ active: "primary", held: expect.any(String) });
    expect(report.error).toBeUndefined();
  },
);

test("an operator's order asks nobody outside", async () => {
  const { report } = await runWith(cloudOf({ witness: ["UP"] }), { ...TO_WATCHER, byHand: true });
  expect(report.active).toBe("watcher");
});

test("without a valid certificate nothing is moved, also by hand", async () => {
  certificate(NOW - 1000);
  const { report, changes } = await runWith(cloudOf(), { ...TO_WATCHER, byHand: true });
  expect(changes).toEqual([]);
  expect(report.error).toContain("no valid copy of the primary's certificate");
});

test.each(["domain:read", "domain:update", "uptime:read"])(
  "a token without %s is told by that scope's name",
  async (missing) => {
    const cloud = cloudOf({ scopes: cloudOf().scopes.filter((scope) => scope !== missing) });
    const { report } = await runWith(cloud, TO_WATCHER);
    expect(report.error).toContain(`the token has to have the scope ${missing}`);
    expect(report.passing).toBeUndefined();
    expect(report.active).toBeUndefined();
  },
);

test("what the token may is proven while nothing has happened, once a day", async () => {
  const cloud = cloudOf();
  const first = await runWith(cloud, {});
  expect(first.changes).toEqual([`blog ${PRIMARY}`]);
  expect(first.report).toMatchObject({ order: 0, active: "primary", moved: [] });
  expect((await runWith(cloud, {}, NOW + 300_000)).changes).toEqual([]);
  expect((await runWith(cloud, {}, NOW + 86_500_000)).changes).toEqual([`blog ${PRIMARY}`]);
});

test("a record that somebody has moved is put right, to where the newest order says", async () => {
  const cloud = cloudOf();
  await runWith(cloud, TO_WATCHER);
  cloud.records[2]!.data = "198.51.100.9";
  const { report, changes } = await runWith({ ...cloud, witness: ["UP"] }, TO_WATCHER);
  expect(changes).toEqual([`blog ${WATCHER}`]);
  expect(report.moved).toEqual(["blog.example.test"]);
});

test("a record that is gone is named, and the others are moved all the same", async () => {
  const cloud = cloudOf();
  cloud.records.splice(2, 1);
  const { report, changes } = await runWith(cloud, TO_WATCHER);
  expect(changes).toEqual([`@ ${WATCHER}`]);
  expect(report.error).toContain("blog.example.test has no A record");
});

test("an API that is down passes: the last good look keeps its age", async () => {
  const cloud = cloudOf();
  const { report: good } = await runWith(cloud, {});
  const { report } = await runWith({ ...cloud, down: 503 }, {}, NOW + 600_000);
  expect(report).toMatchObject({ passing: true, at: good.at, provenAt: good.provenAt });
});
