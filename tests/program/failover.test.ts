import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { MANIFEST, SOURCES, project, removeProjects } from "../fixtures/manifest";
import { load, localConfig } from "./fleet-program";
import { type Registered, runProgram } from "./kit";

const HOME = process.cwd();
let resources: readonly Registered[] = [];
beforeAll(async () => {
  const host = "host: stats.example.test, ";
  process.chdir(
    project({ ...SOURCES, "fleet.yaml": `${MANIFEST.replace(host, "")}failover: {}\n` }),
  );
  ({ resources } = await runProgram(load, {
    ...localConfig().settings,
    ttl: "600",
    "failover-token": "very-secret-token",
  }));
});
afterAll(() => {
  process.chdir(HOME);
  removeProjects();
});

const records = (): readonly Registered[] =>
  resources.filter(({ type, inputs }) => type.endsWith(":DnsRecord") && inputs["type"] === "A");
const named = (label: string): Registered => {
  const found = records().find(({ inputs }) => inputs["name"] === label);
  if (!found) throw new Error(`there is no record ${label}`);
  return found;
};

test("where the services' names lead is left alone, and soon forgotten", () => {
  for (const label of ["pages", "notes", "feed", "hook", "grafana"]) {
    expect(named(label).ignoreChanges).toEqual(["value"]);
    expect(named(label).inputs["ttl"]).toBe(60);
  }
});

test("the machines' own names never move", () => {
  for (const label of ["primary", "status"]) {
    expect(named(label).ignoreChanges).toEqual([]);
    expect(named(label).inputs["ttl"]).toBe(600);
  }
});

test("DigitalOcean looks at the primary's own name from elsewhere", () => {
  const checks = resources.filter(({ type }) => type.endsWith(":UptimeCheck"));
  expect(checks).toHaveLength(1);
  expect(checks[0]?.inputs).toMatchObject({
    type: "https",
    target: expect.stringMatching(
      /^https:\/\/primary\.[\w.]+\/\.well-known\/second-server\/nginx$/,
    ),
  });
});

test("the token goes to the watcher alone", () => {
  const holders = resources.filter(({ inputs }) =>
    JSON.stringify(inputs).includes("very-secret-token"),
  );
  expect(holders.map(({ name }) => name)).toEqual(["watcher-identity"]);
});
