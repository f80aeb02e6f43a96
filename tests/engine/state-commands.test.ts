import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { project } from "./kit";

const pets = project(
  "pets",
  `import { RandomPet } from "@pulumi/random";
const one = new RandomPet("one");
new RandomPet("two", { keepers: { one: one.id } });
`,
);
afterAll(() => pets.remove());
const UP = ["up", "--skip-preview", "--json"];
const urnOf = (name: string): string =>
  pets.state().resources.find(({ urn }) => urn.endsWith(`::${name}`))!.urn;
const envelope = () => {
  const { version, features } = JSON.parse(readFileSync(pets.stateFile, "utf8")) as {
    readonly version: number;
    readonly features?: readonly string[];
  };
  return { version, features };
};

test("what is tainted is made anew by the next up, once; the state says so as the CLI's does", async () => {
  expect((await pets.run(UP)).code).toBe(0);
  const before = pets.state().resources.find(({ urn }) => urn.endsWith("::two"))!.id;
  expect(await pets.run(["state", "taint", urnOf("two")])).toMatchObject({
    code: 0,
    stdout: "Resource tainted\n",
  });
  expect(envelope()).toEqual({ version: 4, features: ["taint"] });
  const up = await pets.run(UP);
  expect(up.steps).toContain("replace two");
  expect(up.steps).not.toContain("replace one");
  expect(envelope()).toEqual({ version: 3 });
  expect(pets.state().resources.find(({ urn }) => urn.endsWith("::two"))!.id).not.toBe(before);
  await pets.run(["state", "taint", urnOf("two")]);
  await pets.run(["state", "untaint", urnOf("two")]);
  expect((await pets.run([...UP, "--expect-no-changes"])).code).toBe(0);
});

test("a resource is protected, forgotten and renamed in the state; what depends on it is not left hanging", async () => {
  await pets.run(["state", "protect", urnOf("two")]);
  const kept = await pets.run(["state", "delete", urnOf("two")]);
  expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining("it is protected") });
  await pets.run(["state", "unprotect", "--all"]);
  const refused = await pets.run(["state", "delete", urnOf("one")]);
  expect(refused.stderr).toContain(` * ${urnOf("two")}`);
  expect((await pets.run(["state", "rename", urnOf("one"), "first"])).code).toBe(0);
  expect(JSON.stringify(pets.state().resources)).not.toContain('::one"');
  expect((await pets.run(["state", "delete", urnOf("first"), "--target-dependents"])).code).toBe(0);
  expect(pets.state().resources.filter(({ type }) => type.startsWith("random:"))).toEqual([]);
  const unknown = await pets.run(["state", "taint", "urn:none"]);
  expect(unknown.stderr).toContain('No such resource "urn:none" exists in the current state');
});

test("configuration is set, read and removed with the CLI's words, in its file", async () => {
  expect((await pets.run(["config", "set", "token", "hush", "--secret"])).code).toBe(0);
  expect((await pets.run(["config", "set", "plain", "7"])).code).toBe(0);
  const text = readFileSync(join(pets.folder, "Pulumi.test.yaml"), "utf8");
  expect(text).toMatch(/pets:token:\n\s+secure: v1:/);
  expect((await pets.run(["config", "get", "pets:token"])).stdout).toBe("hush\n");
  expect((await pets.run(["config"])).stdout).toBe(
    "KEY         VALUE\npets:plain  7\npets:token  [secret]\n",
  );
  expect((await pets.run(["config", "rm", "token"])).code).toBe(0);
  expect(await pets.run(["config", "get", "token"])).toMatchObject({ code: 1, stdout: "" });
});
