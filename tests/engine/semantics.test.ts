import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { parse, project, type Preview } from "./kit";

/** Every command tells a log what is done to it. V is the version of the program. */
const HEAD = `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
import { RandomPassword, RandomPet, RandomString } from "@pulumi/random";
const v = Number(process.env.V ?? "1");
const say = (what: string) => "echo '" + what + "' >> " + process.env.LOG;
`;

const options = project(
  "semantics",
  `${HEAD}
const logged = (name: string, opts = {}) => new local.Command(name, { create: say("+" + name), delete: say("-" + name) }, opts);
class Group extends pulumi.ComponentResource {
  constructor(name: string) { super("test:index:Group", name, {}); }
}
const [left, right] = [new Group("left"), new Group("right")];
logged("moved", v === 1 ? { parent: left } : { parent: right, aliases: [{ parent: left }] });
if (v === 1) {
  logged("kept", { retainOnDelete: true });
  const host = logged("host");
  logged("guest", { deletedWith: host });
}
const said = new local.Command("said", { create: "echo hush" }, { additionalSecretOutputs: ["stdout"] });
const password = new RandomPassword("password", { length: 12 });
new local.Command("fed", { create: "cat > /dev/null", stdin: password.result, environment: { A: password.result } });
new local.Command("picky", { create: v === 1 ? "true" : "true # again" }, { replaceOnChanges: ["create"] });
new RandomString("taken", { length: 8 }, { import: "abcdefgh" });
export const hush = said.stdout;
export const seen = RandomString.get("seen", "fourteen chars").length;
`,
);
const flow = project(
  "flow",
  `${HEAD}
const base = new local.Command("base", { create: "echo base" + v });
const user = new local.Command("user", { create: pulumi.interpolate\`echo user of \${base.stdout} in \${v}\` });
new local.Command("last", { create: pulumi.interpolate\`echo last of \${user.stdout} in \${v}\` });
new local.Command("other", { create: "echo other" + v });
if (process.env.EXTRA === "three") for (const name of ["a", "b", "c"]) new local.Command(name, { create: say("begin") + "; sleep 0.2; " + say("end") }); // long enough to overlap if they could
if (process.env.EXTRA === "late") new local.Command("late", { create: "exec sleep 60" }, { customTimeouts: { create: "1s" } });
if (process.env.EXTRA?.startsWith("tardy")) new local.Command("tardy", { create: "echo " + process.env.EXTRA, update: "sleep 61.25 & sleep 61.25", delete: "sleep 61.25 & sleep 61.25" }, { customTimeouts: { update: "1s", delete: "1s" } });
if (process.env.EXTRA === "pet") RandomPet.get("seen", "brave-cat");
`,
);
const LOG = join(options.folder, "log");
const lines = (file: string): string[] => readFileSync(file, "utf8").trim().split("\n");
const resource = (from: typeof options, name: string) =>
  from.state().resources.find(({ urn }) => urn.endsWith(`::${name}`));
afterAll(() => {
  options.remove();
  flow.remove();
});

test("a secret that is not made yet is told as a secret in the preview", async () => {
  const { code, stdout } = await options.run(["preview", "--json"], { LOG });
  expect(code).toBe(0);
  const fed = parse<Preview>(stdout).steps.find(({ urn }) => urn.endsWith("::fed"));
  expect(fed?.newState?.inputs).toMatchObject({
    stdin: "[secret]",
    environment: { A: "[secret]" },
  });
});

test("what exists is taken over by `import` and read by `get`, and additionalSecretOutputs are encrypted", async () => {
  const { code, changes, errors, steps } = await options.run(["up", "--skip-preview", "--json"], {
    LOG,
  });
  expect(steps).toContain("read seen");
  expect({ code, errors, changes }).toEqual({
    code: 0,
    errors: [],
    changes: { create: 11, import: 1 },
  });
  expect(resource(options, "taken")).toMatchObject({
    id: "abcdefgh",
    outputs: { result: "abcdefgh", length: 8 },
  });
  expect(resource(options, "seen")).toMatchObject({
    external: true,
    outputs: { result: "fourteen chars" },
  });
  expect(resource(options, "said")!.outputs["stdout"]).toMatchObject({
    ciphertext: expect.stringMatching(/^v1:/),
  });
  expect(JSON.parse((await options.run(["output", "--json"])).stdout)).toEqual({
    hush: "[secret]",
    seen: 14,
  });
});

test("replaceOnChanges replaces, an alias of the old parent changes nothing, retainOnDelete and deletedWith delete nothing themselves", async () => {
  const { code, changes, steps } = await options.run(["up", "--skip-preview", "--json"], {
    LOG,
    V: "2",
  });
  expect({ code, changes }).toEqual({ code: 0, changes: { same: 8, replace: 1, delete: 3 } });
  expect(steps).toEqual(
    expect.arrayContaining([
      "create-replacement picky",
      "delete-replaced picky",
      "delete kept",
      "delete guest",
      "delete host",
    ]),
  );
  expect(lines(LOG).sort()).toEqual(["+guest", "+host", "+kept", "+moved", "-host"]);
  expect(resource(options, "moved")!.urn).toContain("Group$command:local:Command::moved");
});

test("--target changes only what it names; --target-dependents also what depends on it, however far", async () => {
  expect(await flow.run(["up", "--skip-preview", "--json"])).toMatchObject({ code: 0 });
  const one = await flow.run(["up", "--skip-preview", "--json", "--target", "**::base"], {
    V: "2",
  });
  expect(one.steps.filter((step) => !step.startsWith("same"))).toEqual(["update base"]);
  const all = await flow.run(
    ["up", "--skip-preview", "--json", "--target", "**::base", "--target-dependents"],
    { V: "3" },
  );
  expect(all.steps.filter((step) => !step.startsWith("same"))).toEqual([
    "update base",
    "update user",
    "update last",
  ]);
  expect(resource(flow, "last")!.outputs).toMatchObject({
    stdout: "last of user of base3 in 3 in 3",
  });
  expect(resource(flow, "other")!.outputs).toMatchObject({ stdout: "other1" });
});

test("--parallel 1 does one step at a time", async () => {
  const log = join(flow.folder, "log");
  expect(
    await flow.run(["up", "--skip-preview", "--json", "--parallel", "1"], {
      V: "3",
      EXTRA: "three",
      LOG: log,
    }),
  ).toMatchObject({ code: 0 });
  expect(lines(log)).toEqual(["begin", "end", "begin", "end", "begin", "end"]);
});

test("a creation that takes longer than its customTimeouts allow fails and says so; an id that can't be read is refused", async () => {
  const late = await flow.run(["up", "--skip-preview", "--json"], { V: "3", EXTRA: "late" });
  expect(late.code).toBe(1);
  expect(late.errors.join("\n")).toMatch(/^not done within 1 s \(customTimeouts\): /m);
  expect(resource(flow, "late")).toBeUndefined();
  const pet = await flow.run(["up", "--skip-preview", "--json"], { V: "3", EXTRA: "pet" });
  expect(pet).toMatchObject({
    code: 1,
    errors: expect.arrayContaining([expect.stringContaining("does not support import")]),
  });
});

test("an update and a deletion are stopped at their customTimeouts, with all that they have started, and stay to be done", async () => {
  const sleeping = (): boolean => spawnSync("pgrep", ["-f", "^sleep 61.25"]).status === 0;
  expect(
    (await flow.run(["up", "--skip-preview", "--json"], { V: "3", EXTRA: "tardy" })).code,
  ).toBe(0);
  const updated = await flow.run(["up", "--skip-preview", "--json"], {
    V: "3",
    EXTRA: "tardy again",
  });
  expect(updated).toMatchObject({
    code: 1,
    errors: [expect.stringMatching(/^not done within 1 s \(customTimeouts\): /), "update failed\n"],
  });
  const deleted = await flow.run(["up", "--skip-preview", "--json"], { V: "3" });
  expect(deleted).toMatchObject({
    code: 1,
    errors: [expect.stringMatching(/^not done within 1 s \(customTimeouts\): /), "update failed\n"],
  });
  expect(resource(flow, "tardy")).toMatchObject({
    inputs: { create: "echo tardy" },
    customTimeouts: { update: 1, delete: 1 },
  });
  expect(sleeping()).toBe(false);
});
