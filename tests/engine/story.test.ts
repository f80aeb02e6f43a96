import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { parse, project, type Outputs, type Preview } from "./kit";

/** One program in three versions, chosen by V: each test goes on where the last one stopped. */
const stack = project(
  "story",
  `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
import { RandomPassword, RandomPet } from "@pulumi/random";
const v = Number(process.env.V ?? "1");
class Box extends pulumi.ComponentResource {
  readonly password: pulumi.Output<string>;
  constructor(name: string) {
    super("test:index:Box", name, {});
    this.password = new RandomPassword(v === 3 ? "secret-new" : "secret", { length: 16 }, { parent: this, ...(v === 3 ? { aliases: [{ name: "secret" }] } : {}) }).result;
    this.registerOutputs({ password: this.password });
  }
}
const box = new Box("box");
const pet = new RandomPet("pet", { keepers: { v: v >= 2 ? "2" : "1" } }, { ignoreChanges: v === 3 ? ["keepers"] : [] });
const first = new local.Command("first", { create: v >= 2 ? "echo two" : "echo one", update: "echo updated", delete: "echo first >> " + process.env.LOG });
const second = new local.Command("second", { create: pulumi.interpolate\`echo pet \${pet.id}\`, delete: "echo second >> " + process.env.LOG, triggers: [pet.id] }, { dependsOn: [first] });
if (v === 1) new local.Command("gone", { create: "true", delete: "echo gone >> " + process.env.LOG });
new local.Command("hidden", { create: "cat > /dev/null", stdin: box.password }, { protect: v === 2, additionalSecretOutputs: ["stdout"] });
export const petName = pet.id;
export const firstSaid = first.stdout;
export const password = box.password;
export const secondSaid = second.stdout;
`,
);
const LOG = join(stack.folder, "log");
const log = (): string[] => {
  try {
    return readFileSync(LOG, "utf8").trim().split("\n");
  } catch {
    return [];
  }
};
afterAll(stack.remove);

test("a preview tells everything that would be made, and makes nothing", async () => {
  const { code, stdout } = await stack.run(["preview", "--json"], { LOG });
  expect(code).toBe(0);
  const document = parse<Preview>(stdout);
  expect(document.changeSummary).toEqual({ create: 8 });
  expect(document.steps.map(({ op }) => op)).toEqual(expect.arrayContaining(["create"]));
  expect(() => stack.state()).toThrow();
});

test("up makes it, and no secret is readable in the state", async () => {
  const result = await stack.run(["up", "--skip-preview", "--json"], { LOG });
  expect(result).toMatchObject({ code: 0, changes: { create: 8 } });
  const shown = await stack.run(["output", "--json", "--show-secrets"]);
  const { password, petName, ...said } = parse<Outputs>(shown.stdout);
  expect(said).toMatchObject({ firstSaid: "one", secondSaid: `pet ${String(petName)}` });
  expect(password).toHaveLength(16);
  expect(readFileSync(stack.stateFile, "utf8")).not.toContain(password);
  expect(JSON.parse((await stack.run(["output", "--json"])).stdout)).toMatchObject({
    password: "[secret]",
    firstSaid: "one",
  });
  expect(readFileSync(join(stack.folder, "Pulumi.test.yaml"), "utf8")).toMatch(
    /^encryptionsalt: v1:/,
  );
});

test("a second up changes nothing, not a byte of the state", async () => {
  const before = readFileSync(stack.stateFile, "utf8");
  expect(
    await stack.run(["up", "--skip-preview", "--json", "--expect-no-changes"], { LOG }),
  ).toMatchObject({ code: 0, changes: { same: 8 } });
  expect(readFileSync(stack.stateFile, "utf8")).toBe(before);
});

test("changes are made in dependency order: an update in place, replacements, and what is left out deleted", async () => {
  const preview = await stack.run(["preview", "--json", "--expect-no-changes"], { LOG, V: "2" });
  expect(preview.code).toBe(7);
  expect(parse<Preview>(preview.stdout).changeSummary).toEqual({
    same: 4,
    update: 1,
    replace: 2,
    delete: 1,
  });
  const { code, steps, changes, events } = await stack.run(["up", "--skip-preview", "--json"], {
    LOG,
    V: "2",
  });
  expect({ code, changes }).toEqual({
    code: 0,
    changes: { same: 4, update: 1, replace: 2, delete: 1 },
  });
  expect(steps.indexOf("create-replacement pet")).toBeLessThan(
    steps.indexOf("create-replacement second"),
  );
  expect(steps.indexOf("delete-replaced second")).toBeLessThan(
    steps.indexOf("delete-replaced pet"),
  );
  expect(steps).toEqual(expect.arrayContaining(["update first", "delete gone"]));
  const first = events.find(({ resOutputsEvent }) =>
    resOutputsEvent?.metadata.urn.endsWith("::first"),
  )!.resOutputsEvent!.metadata;
  expect(first.detailedDiff).toEqual({ create: { diffKind: "update", inputDiff: false } });
  expect(log().sort()).toEqual(["gone", "second"]);
});

test("what is protected is not deleted", async () => {
  const { code, errors } = await stack.run(
    ["destroy", "--skip-preview", "--json", "--target", "**::hidden"],
    { LOG },
  );
  expect(code).toBe(1);
  expect(errors.join()).toMatch(/cannot be deleted\nbecause it is protected/);
  expect(stack.state().resources.some(({ urn }) => urn.endsWith("::hidden"))).toBe(true);
});

test("a renamed resource with an alias stays, and ignored changes are ignored", async () => {
  const before = stack.state().resources.find(({ urn }) => urn.endsWith("::secret"))!;
  const { code, changes } = await stack.run(["up", "--skip-preview", "--json"], { LOG, V: "3" });
  expect({ code, changes }).toEqual({ code: 0, changes: { same: 7 } });
  const after = stack.state().resources.find(({ urn }) => urn.endsWith("::secret-new"))!;
  expect(after.outputs).toEqual(before.outputs);
});

test("a wrong passphrase and a damaged state are one clear error each, and the state is left alone", async () => {
  const before = readFileSync(stack.stateFile, "utf8");
  const wrong = await stack.run(["up", "--skip-preview"], {
    LOG,
    V: "3",
    PULUMI_CONFIG_PASSPHRASE: "other",
  });
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: incorrect passphrase/),
  });
  expect(wrong.stdout).not.toContain("incorrect passphrase");
  expect(readFileSync(stack.stateFile, "utf8")).toBe(before);
});

test("destroy deletes users before what they use, and leaves an empty stack", async () => {
  const { code, steps } = await stack.run(["destroy", "--skip-preview", "--json"], { LOG });
  expect(code).toBe(0);
  expect(steps.indexOf("delete second")).toBeLessThan(steps.indexOf("delete first"));
  expect(stack.state().resources).toEqual([]);
  expect(log()).toEqual(expect.arrayContaining(["first"]));
});
