import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { MANIFEST, SOURCES, project, removeProjects } from "../fixtures/manifest";
import { load, localConfig } from "./fleet-program";
import { type Registered, runProgram, shortName } from "./kit";

const HOME = process.cwd();
type Plan = Awaited<ReturnType<typeof runProgram>>;
const plans = new Map<string, Plan>();
const STAGES = ["blue", "blue-to-green", "green-from-blue", "green", "green-to-blue"];
beforeAll(async () => {
  process.chdir(project({ ...SOURCES, "fleet.yaml": MANIFEST }));
  for (const primaries of STAGES)
    plans.set(
      primaries,
      await runProgram(load, {
        ...localConfig().settings,
        // What a fleet has that knows nothing of colours.
        ...(primaries === "blue" ? {} : { primaries }),
      }),
    );
});
afterAll(() => {
  process.chdir(HOME);
  removeProjects();
});

const planOf = (stage: string): Plan => {
  const plan = plans.get(stage);
  if (!plan) throw new Error(`there is no plan for ${stage}`);
  return plan;
};
const names = (stage: string): readonly string[] =>
  planOf(stage)
    .resources.filter(({ custom }) => custom)
    .map(({ type, name }) => shortName(type, name))
    .sort();
const named = (stage: string, type: string, name: string): Registered => {
  const found = planOf(stage).resources.find((one) => one.name === name && one.type === type);
  if (!found) throw new Error(`${stage} has no ${type} ${name}`);
  return found;
};
/** An asset's path is a promise, and no two of them are the same. */
const textOf = (value: unknown): string => JSON.stringify(value);
const find = (stage: string, wanted: string): Registered => {
  const found = planOf(stage).resources.find(
    (one) => one.custom && shortName(one.type, one.name) === wanted,
  );
  if (!found) throw new Error(`${stage} has no ${wanted}`);
  return found;
};
/** To which machine each command over SSH goes. */
const hosts = (stage: string): ReadonlyMap<string, string> =>
  new Map(
    planOf(stage).resources.flatMap(({ name, inputs }) => {
      const { host } = (inputs["connection"] ?? {}) as { readonly host?: string };
      return host === undefined ? [] : [[name, host]];
    }),
  );

const OWN = ["Command", "Droplet", "Firewall", "Tag"];
const machine = (name: string): readonly string[] =>
  OWN.map((kind) => (kind === "Command" ? `Command ${name}-host-key` : `${kind} ${name}`));
const without = (all: readonly string[], some: readonly string[]): readonly string[] =>
  all.filter((one) => !some.includes(one));

test("a fleet with one primary is as it was before there were two", () => {
  expect(names("blue").filter((name) => name.includes("green"))).toEqual([]);
  expect(find("blue", "Droplet primary").inputs["name"]).toBe("primary");
  expect(find("blue", "Droplet primary").ignoreChanges).toEqual(["userData", "sshKeys"]);
  expect(planOf("blue").outputs["primary"]).not.toHaveProperty("prepared");
});

describe("while a second one is made", () => {
  test("it is added, and nothing else changes", () => {
    expect(names("blue-to-green")).toEqual(
      [
        ...names("blue"),
        ...machine("primary-green"),
        "Command prepared-primary-identity",
        "CopyToRemote prepared-primary-bundle",
      ].sort(),
    );
    for (const { name, type, inputs } of planOf("blue").resources)
      expect(textOf(named("blue-to-green", type, name).inputs)).toBe(textOf(inputs));
  });
  test("what the manifest says of the machine is for the new one alone", () => {
    expect(find("blue-to-green", "Droplet primary").ignoreChanges).toEqual(
      expect.arrayContaining(["image", "size"]),
    );
    expect(find("blue-to-green", "Droplet primary-green").ignoreChanges).not.toContain("image");
  });
  test("it has the firewall, the release and the identity of a primary, with its own address", () => {
    expect(find("blue-to-green", "Firewall primary-green").inputs["inboundRules"]).toEqual(
      find("blue-to-green", "Firewall primary").inputs["inboundRules"],
    );
    const { stdin } = find("blue-to-green", "Command prepared-primary-identity").inputs;
    expect(JSON.parse(String(stdin))).toMatchObject({
      role: "primary",
      self: { address: "203.0.113.12" },
      peer: { address: "203.0.113.11" },
    });
    expect(planOf("blue-to-green").outputs["primary"]).toMatchObject({
      address: "203.0.113.10",
      prepared: {
        address: "203.0.113.12",
        dropletId: "103",
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });
});

describe("once it has taken over", () => {
  test("everything that follows the primary is at the new one", () => {
    const stage = "green-from-blue";
    expect(find(stage, "ReservedIpAssignment primary").inputs["dropletId"]).toBe(103);
    const { stdin } = find(stage, "Command watcher-identity").inputs;
    expect(JSON.parse(String(stdin))).toMatchObject({ peer: { address: "203.0.113.12" } });
    const there = hosts(stage);
    for (const name of ["primary-bundle", "primary-identity", "primary-apply"])
      expect([name, there.get(name)]).toEqual([name, "203.0.113.12"]);
    expect(planOf(stage).outputs["primary"]).toMatchObject({ address: "203.0.113.12" });
  });
  test("the old one is kept as it was made, and nothing is said to it", () => {
    const said = [...hosts("green-from-blue")].filter(([, host]) => host === "203.0.113.10");
    expect(said.map(([name]) => name)).toEqual(["primary-host-key"]);
    expect(find("green-from-blue", "Command primary-host-key").inputs).toEqual(
      find("blue", "Command primary-host-key").inputs,
    );
    expect(find("green-from-blue", "Droplet primary").ignoreChanges).toEqual(
      expect.arrayContaining(["image", "size", "userData"]),
    );
    expect(find("green-from-blue", "Droplet primary-green").ignoreChanges).not.toContain("image");
  });
  test("without the old one, the plan is the first one's by another droplet", () => {
    expect(names("green-from-blue")).toEqual([...names("green"), ...machine("primary")].sort());
    expect(without(names("green"), machine("primary-green"))).toEqual(
      without(names("blue"), machine("primary")),
    );
  });
  test("the next one is made beside it in the same way", () =>
    expect(names("green-to-blue")).toEqual(names("blue-to-green")));
});
