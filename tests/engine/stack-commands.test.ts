import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { parse, project } from "./kit";

const pets = project(
  "herd",
  `import { RandomPet, RandomPassword } from "@pulumi/random";
const one = new RandomPet("one");
new RandomPet("two", { keepers: { one: one.id } });
new RandomPassword("word", { length: 12 });
`,
);
afterAll(() => pets.remove());
const UP = ["up", "--skip-preview", "--json"];
const SETTINGS = join(pets.folder, "Pulumi.test.yaml");
const EXPORT = join(pets.folder, "export.json");
interface Exported {
  readonly version: number;
  readonly deployment: {
    readonly resources: { urn: string; outputs?: Record<string, unknown> }[];
    readonly pending_operations?: object[];
  };
}
const exported = (): Exported => parse<Exported>(readFileSync(EXPORT, "utf8"));

test("a state is exported and imported in the CLI's form, with its secrets sealed or in the clear", async () => {
  expect((await pets.run(UP)).code).toBe(0);
  const before = pets.state().resources;
  const sealed = parse<Exported>((await pets.run(["stack", "export"])).stdout);
  expect(sealed).toMatchObject({ version: 3, deployment: { resources: before } });
  expect((await pets.run(["stack", "export", "--show-secrets", "--file", EXPORT])).code).toBe(0);
  expect(JSON.stringify(exported())).toMatch(/"plaintext":"\\".{12}\\""/);
  const whole = exported();
  const pending = { resource: { ...whole.deployment.resources[1] }, type: "creating" };
  const deployment = { ...whole.deployment, pending_operations: [pending] };
  // As PowerShell writes what is exported with `>`.
  writeFileSync(EXPORT, `\uFEFF${JSON.stringify({ ...whole, deployment })}`, "utf16le");
  const imported = await pets.run(["stack", "import", "--file", EXPORT]);
  expect(imported).toMatchObject({
    code: 0,
    stdout: "Import complete.\n",
    stderr: expect.stringContaining("warning: removing pending operation 'creating' on 'urn:"),
  });
  expect(readFileSync(pets.stateFile, "utf8")).not.toContain('"plaintext"');
  expect(pets.state().pending).toEqual([]);
  expect((await pets.run([...UP, "--expect-no-changes"])).code).toBe(0);
});

test("what is another stack's, or no state at all, is not imported unasked", async () => {
  const before = readFileSync(pets.stateFile, "utf8");
  const imported = readFileSync(EXPORT, "utf16le");
  writeFileSync(EXPORT, imported.replaceAll("urn:pulumi:test::", "urn:pulumi:far::"));
  expect(await pets.run(["stack", "import", "--file", EXPORT])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /from a different stack \(far != test\)[\s\S]*rerun with --force/,
    ),
  });
  writeFileSync(EXPORT, '\uFEFF{"version":99,"deployment":{}}');
  expect(await pets.run(["stack", "import", "--file", EXPORT])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/its version is 99.* Nothing was imported\./),
  });
  expect(readFileSync(pets.stateFile, "utf8")).toBe(before);
});

test("configuration within a value, as text and as JSON", async () => {
  const set = async (...words: string[]) =>
    expect((await pets.run(["config", "set", ...words])).code).toBe(0);
  await set("--path", "outer.list[0]", "7");
  await set("--path", "outer.on", "true");
  await set("--path", "outer.word", "hush", "--secret");
  await set("plain", "7");
  expect(readFileSync(SETTINGS, "utf8")).toMatch(
    /list:\n\s+- 7\n\s+on: true\n\s+word:\n\s+secure:/,
  );
  expect((await pets.run(["config", "get", "--path", "outer.list[0]"])).stdout).toBe("7\n");
  expect((await pets.run(["config", "get", "--path", "outer.word"])).stdout).toBe("hush\n");
  const all = parse<object>((await pets.run(["config", "--json"])).stdout);
  expect(all).toEqual({
    "herd:outer": { secret: true },
    "herd:plain": { value: "7", secret: false },
  });
  const shown = parse<object>((await pets.run(["config", "--json", "--show-secrets"])).stdout);
  expect(shown).toMatchObject({
    "herd:outer": { objectValue: { list: [7], on: true, word: "hush" }, secret: true },
  });
  expect((await pets.run(["config", "rm", "--path", "outer.word"])).code).toBe(0);
  expect(readFileSync(SETTINGS, "utf8")).not.toContain("word");
  const none = await pets.run(["config", "get", "--path", "outer.none"]);
  expect(none).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("'outer.none' not found"),
  });
});

test("stacks are listed, renamed with all that bears their name, and removed once they are empty", async () => {
  const other = ["--stack", "new"];
  expect((await pets.run(["stack", "ls"])).stdout).toMatch(
    /^NAME +LAST UPDATE +RESOURCE COUNT\ntest\* +\d+ (seconds?|minutes?) ago +5\n$/,
  );
  expect(await pets.run(["stack", "rename", "new"])).toMatchObject({
    code: 0,
    stdout: "Renamed test to new\n",
  });
  expect(existsSync(SETTINGS)).toBe(false);
  const again = await pets.run([...UP, "--expect-no-changes", ...other]);
  expect({ code: again.code, errors: again.errors }).toEqual({ code: 0, errors: [] });
  const listed = parse<object[]>((await pets.run(["stack", "ls", "--json"])).stdout);
  expect(listed).toMatchObject([{ name: "new", current: false, resourceCount: 5 }]);
  expect((await pets.run(["stack", "export"])).code).toBe(6);
  expect(await pets.run(["stack", "rm", "new", "--yes"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("'new' still has resources; removal rejected"),
  });
  expect((await pets.run(["destroy", "--skip-preview", "--json", ...other])).code).toBe(0);
  expect((await pets.run(["stack", "rm", "new"])).code).toBe(2);
  expect(await pets.run(["stack", "rm", "new", "--yes"])).toMatchObject({
    code: 0,
    stdout: "Stack 'new' has been removed!\n",
  });
  expect(parse<object[]>((await pets.run(["stack", "ls", "--json"])).stdout)).toEqual([]);
});
