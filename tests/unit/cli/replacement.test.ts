import { expect, test } from "@jest/globals";

import { type PlannedLoss, lossesIn } from "../../../cli/engine/planned-loss";
import type { StoredResource } from "../../../cli/engine/state";
import { ageText } from "../../../cli/last-backup";
import { lossWords, plannedLosses, secure } from "../../../cli/replacement";
import { sampleFleet } from "./sample";

const urnOf = (role: string): string =>
  `urn:pulumi:local::second-server::digitalocean:index/droplet:Droplet::${role}`;
const droplet = (role: string, id: string): StoredResource => ({
  urn: urnOf(role),
  type: "digitalocean:index/droplet:Droplet",
  id,
  inputs: {
    __defaults: [],
    ...{ name: role, region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" },
    ...{ ipv6: false, monitoring: true, resizeDisk: false },
    ...{ sshKeys: ["aa:bb"], tags: ["t"], userData: "#cloud-config" },
  },
  outputs: { name: role },
});
const RESOURCES = [droplet("primary", "101"), droplet("watcher", "102")];
const plan = (...steps: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify({ steps });
const moved = (role: string, op = "replace") => ({
  op,
  urn: urnOf(role),
  replaceReasons: ["region"],
  oldState: { inputs: { region: "fra1" } },
  newState: { inputs: { region: "lon1" } },
});
const PRIMARY: PlannedLoss = {
  role: "primary",
  dropletId: "101",
  reasons: ["region: fra1 → lon1"],
};
const WATCHER: PlannedLoss = { role: "watcher", dropletId: "102", reasons: [] };
const HOUR_AGO = "2026-11-27T12:00:00Z";
const NOW = Date.parse("2026-11-27T13:00:00Z");

test.each(["replace", "create-replacement", "delete-replaced", "delete"])(
  "a plan whose step is %s loses the machine, and says why",
  (op) => expect(lossesIn(plan(moved("primary", op)), RESOURCES)).toEqual([PRIMARY]),
);

test("what a plan leaves, changes in place, or has never made is not lost; nor are other things", () => {
  const harmless = plan(
    { op: "same", urn: urnOf("primary") },
    { op: "update", urn: urnOf("watcher") },
    { op: "replace", urn: "urn:pulumi:local::second-server::command:remote:Command::primary" },
  );
  expect(lossesIn(harmless, RESOURCES)).toEqual([]);
  expect(lossesIn(plan(moved("primary")), [])).toEqual([]);
  expect(lossesIn("{}", RESOURCES)).toEqual([]);
});

const asked = async (
  change: Partial<StoredResource> = {},
  flags: readonly string[] = [],
  primary: Partial<typeof sampleFleet.primary> = {},
): Promise<boolean> => {
  let plans = 0;
  const resources = [{ ...RESOURCES[0]!, ...change }, RESOURCES[1]!];
  const fleet = { ...sampleFleet, primary: { ...sampleFleet.primary, ...primary } };
  await plannedLosses(fleet, resources, flags, () => {
    plans += 1;
    return Promise.resolve("{}");
  });
  return plans > 0;
};
const withInput = (key: string, value: unknown): Partial<StoredResource> => ({
  inputs: { ...RESOURCES[0]!.inputs, [key]: value },
});

test("an `up` with nothing to do, or only what is changed in place, does not wait for a plan", async () => {
  expect(await asked()).toBe(false);
  expect(await asked({}, ["--parallel", "4", "--target", "urn:x"])).toBe(false);
  const inPlace = { name: "web-1", size: "s-4vcpu-8gb" };
  expect(await asked({}, [], inPlace)).toBe(false);
  expect(
    await plannedLosses(sampleFleet, [], ["--refresh"], () => Promise.reject(new Error("asked"))),
  ).toEqual([]);
});

test.each<[string, () => Promise<boolean>]>([
  ["another region", () => asked({}, [], { region: "lon1" })],
  ["another region and name at once", () => asked({}, [], { region: "lon1", name: "web-1" })],
  ["another image", () => asked({}, [], { image: "debian-12-x64" })],
  ["no IPv6 any more", () => asked(withInput("ipv6", true))],
  ["an input that the program no longer gives", () => asked(withInput("vpcUuid", "v"))],
  ["one that it gives otherwise", () => asked(withInput("monitoring", false))],
  ["a taint", () => asked({ taint: true })],
  ["one that never became whole", () => asked({ initErrors: ["errored"] })],
  ["one deleted and still to be made", () => asked({ pendingReplacement: true })],
  ["a look at what is there", () => asked({}, ["--refresh"])],
  ["a replacement by name", () => asked({}, ["--replace", "urn:x"])],
])("the plan is asked for: %s", async (_, ask) => expect(await ask()).toBe(true));

test("what the plan says is lost then is", async () => {
  const fleet = { ...sampleFleet, primary: { ...sampleFleet.primary, region: "lon1" } };
  const losses = plannedLosses(fleet, RESOURCES, [], () => Promise.resolve(plan(moved("primary"))));
  expect(await losses).toEqual([PRIMARY]);
});

test("preview says in words what is replaced, and how old is what would be restored", () => {
  expect(lossWords([PRIMARY], HOUR_AGO, NOW).join("\n")).toMatch(
    /primary would be replaced \(region: fra1 → lon1\).*last backup first.*2026-11-27T12:00:00Z, 60 minutes old/,
  );
  expect(lossWords([PRIMARY], undefined).join("\n")).toContain("none is known");
  expect(lossWords([PRIMARY, WATCHER], HOUR_AGO, NOW).at(-1)).toContain("Both at once");
  expect(lossWords([], undefined)).toEqual([]);
});

test.each([
  ["2026-11-27T12:59:00Z", "1 minute old"],
  ["2026-11-27T10:00:00Z", "3 hours old"],
  ["2026-11-20T13:00:00Z", "7 days old"],
  ["2026-11-27T13:00:30Z", "0 minutes old"],
])("the age of %s is %s", (at, age) => expect(ageText(at, NOW)).toBe(`${at}, ${age}`));

const attempt = async (
  losses: readonly PlannedLoss[],
  { withoutBackup = false, fails = false, newest }: Readonly<Record<string, unknown>> = {},
): Promise<{ pulled: number; said: readonly string[]; error?: string }> => {
  const said: string[] = [];
  let pulled = 0;
  const pull = (): Promise<void> => {
    pulled += 1;
    return fails ? Promise.reject(new Error("watcher: no route")) : Promise.resolve();
  };
  const saving = {
    withoutBackup: withoutBackup === true,
    pull,
    newest: () => Promise.resolve(newest as string | undefined),
  };
  try {
    await secure(losses, saving, (text) => void said.push(text));
    return { pulled, said };
  } catch (error) {
    return { pulled, said, error: (error as Error).message };
  }
};

test("a primary is replaced only after a last backup", async () => {
  expect(await attempt([])).toEqual({ pulled: 0, said: [] });
  expect(await attempt([PRIMARY])).toMatchObject({
    pulled: 1,
    said: [expect.stringContaining("a last backup first")],
  });
});

test("where it can't be taken nothing is begun, whatever older ones there are", async () => {
  const none = await attempt([PRIMARY], { fails: true });
  expect(none.error).toMatch(/no route[\s\S]*data would be lost[\s\S]*--without-backup/);
  const old = await attempt([PRIMARY], { fails: true, newest: HOUR_AGO });
  expect(old.error).toMatch(/not replaced[\s\S]*2026-11-27T12:00:00Z[\s\S]*--without-backup/);
});

test("both at once, or the watcher with the old backups, only when it is said that it is meant", async () => {
  expect(await attempt([PRIMARY, WATCHER])).toMatchObject({
    pulled: 0,
    error: expect.stringMatching(/both machines.*data lost.*Change one/),
  });
  expect(await attempt([WATCHER])).toMatchObject({
    pulled: 0,
    error: expect.stringContaining("old backups"),
  });
  for (const losses of [[PRIMARY], [WATCHER], [PRIMARY, WATCHER]])
    expect(await attempt(losses, { withoutBackup: true })).toMatchObject({
      pulled: 0,
      said: [expect.stringContaining("without a last backup")],
    });
});
