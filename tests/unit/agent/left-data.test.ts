import { existsSync, mkdirSync, symlinkSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { forgetService, leftData, whatIsLeft } from "../../../agent/primary/left-data";
import { release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
const DATA = "/var/lib/fleet";
beforeEach(() => {
  machine = temporaryMachine();
  const probe = (service: string) => ({
    service,
    url: `https://${service}.example.test/`,
    timeoutSeconds: 5,
  });
  machine.write(
    "/var/lib/fleet-agent/applied.json",
    JSON.stringify({
      sha: "a".repeat(64),
      at: "2026-11-21T12:00:00Z",
      release: release({ publicProbes: [probe("chat"), probe("blog")] }),
    }),
  );
  for (const service of ["chat", "wiki", "old-shop", "old-shop.drill"])
    machine.write(`${DATA}/${service}/data.txt`, "of users");
});
afterEach(() => machine.remove());

test("data of services that the release has no more, with its size; what was put aside by a drill is nobody's service", async () => {
  const left = await leftData(machine);
  expect(left.map(({ service }) => service)).toEqual(["old-shop"]);
  expect(left[0]?.bytes).toBeGreaterThan(0);
});

test("all of it goes, and nothing beside it: neither where its links lead, nor what another restore has put aside", async () => {
  const [aside, other] = ["/var/lib/fleet-agent/before-restore", "/var/lib/other/precious"];
  machine.write(other, "of somebody else");
  symlinkSync(machine.at("/var/lib/other"), machine.at(`${DATA}/old-shop/link`));
  for (const service of ["chat", "old-shop"]) machine.write(`${aside}/${service}/x`, "before");
  const laid = ["chat", "old-shop"].map((service) => ({
    data: {
      service,
      unit: "",
      owner: "",
      kind: "file",
      path: "",
    },
    kind: "file",
    place: `${service}/x`,
    absent: false,
  }));
  machine.write(`${aside}/.aside.json`, JSON.stringify({ replacing: false, laid }));
  machine.write("/var/lib/fleet-agent/parts/old-shop.json", "[]");
  mkdirSync(machine.at("/opt/fleet/trees/old-shop/1234"), { recursive: true });
  expect(whatIsLeft(machine, "old-shop")).toEqual([
    `${DATA}/old-shop`,
    `${aside}/old-shop`,
    "/var/lib/fleet-agent/parts/old-shop.json",
    "/opt/fleet/trees/old-shop",
  ]);
  await forgetService(machine, "old-shop");
  expect(whatIsLeft(machine, "old-shop")).toEqual([]);
  expect(await leftData(machine)).toEqual([]);
  expect(machine.read(other)).toBe("of somebody else");
  expect(machine.read(`${aside}/chat/x`)).toBe("before");
  expect(JSON.parse(machine.read(`${aside}/.aside.json`))).toMatchObject({ laid: [laid[0]] });
  expect(existsSync(machine.at(`${DATA}/chat/data.txt`))).toBe(true);
  await forgetService(machine, "old-shop");
  expect(machine.said.at(-1)).toContain("nothing of old-shop is left here");
});

test.each([
  ["chat", "is served here"],
  ["wiki", "is served here"],
  ["../fleet", "is no service's name"],
  ["", "is no service's name"],
  [".", "is no service's name"],
])("%j is refused", async (service, why) => {
  await expect(forgetService(machine, service)).rejects.toThrow(why);
  expect(existsSync(machine.at(`${DATA}/wiki/data.txt`))).toBe(true);
});
