/**
 * What a program may ask of the engine beyond resources: configuration, other stacks, transforms,
 * hooks. Held against the real CLI (3.259) by hand: the same calls in the same order.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { parse, project, type Outputs, type Preview, type StateFile } from "./kit";

const other = project(
  "other",
  `
import * as pulumi from "@pulumi/pulumi";
export const plain = { list: [1, null] };
export const hidden = pulumi.secret("whisper");
`,
);
const stack = project(
  "asking",
  `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
import { appendFileSync } from "node:fs";
const v = Number(process.env.V ?? "1");
const log = (line: string) => appendFileSync(process.env.LOG!, line + "\\n");
const kinds = (props: any) => Object.keys(props).sort().map((key) => key + ":" + (pulumi.Output.isInstance(props[key]) ? "output" : typeof props[key])).join(" ");
const config = new pulumi.Config();
export const seen = { plain: config.require("plain"), count: config.requireNumber("count"), must: config.require("must") };
export const inner = config.getSecretObject<any>("nested");
const reference = new pulumi.StackReference("organization/other/test");
export const theirs = reference.requireOutput("plain");
export const hush = reference.requireOutput("hidden");
export const first = new pulumi.Stash("stash", { input: v }).output;

pulumi.runtime.registerStackTransform((args) => { if (args.type === "command:local:Command") log("stack " + args.name); return undefined; });
class Box extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Box", name, {}, opts);
    new local.Command("inner", { create: "echo inner" }, { parent: this });
    this.registerOutputs({});
  }
}
new Box("box", { transforms: [(args) => (args.type === "command:local:Command" ? { props: { ...args.props, create: "echo changed" }, opts: args.opts } : undefined)] });
const made = new local.Command("made", { create: "echo made", triggers: [v] });
new local.Command("own", { create: pulumi.interpolate\`echo \${made.stdout}\`, environment: { A: "a" } }, {
  transforms: [(args) => { log("own " + kinds(args.props)); return { props: { ...args.props, environment: { A: "b" } }, opts: { ...args.opts, protect: v === 1 } }; }],
});
new local.Command("follower", { create: "echo follower" }, { replaceWith: [made] });
const hook = (name: string, opts = {}) => new pulumi.ResourceHook(name, (args) => {
  log([name, args.name, Object.keys(args.newInputs ?? {}).join(), Object.keys(args.oldInputs ?? {}).join(), args.newOutputs ? "out" : "", args.id ? "id" : ""].join("|"));
  if (process.env.FAIL === name) throw new Error("hook says no");
}, opts);
const hooks = { beforeCreate: [hook("bc", { onDryRun: true })], afterCreate: [hook("ac")], beforeUpdate: [hook("bu")], afterUpdate: [hook("au")], beforeDelete: [hook("bd")], afterDelete: [hook("ad")] };
if (v < 3) new local.Command("hooked", { create: "echo " + v }, { hooks });
const again = new pulumi.ErrorHook("again", async ({ failedOperation, errors }) => { log("again " + failedOperation + " " + errors.length); return errors.length < 2; });
if (v === 4) new local.Command("stubborn", { create: "exit 3", delete: "true" }, { hooks: { onError: [again] } });
if (v === 4) new local.Command("refused", { create: "true" }, { replacementTrigger: "x", hideDiffs: ["create"], customTimeouts: { read: "1s" } });
`,
);
writeFileSync(
  join(stack.folder, "Pulumi.yaml"),
  `${readFileSync(join(stack.folder, "Pulumi.yaml"), "utf8")}config:
  plain: hello
  count: { type: integer, default: 3 }
  must: { type: string }
`,
);
const LOG = join(stack.folder, "log");
const env = { LOG, PULUMI_BACKEND_URL: `file://${join(stack.folder, "state")}` };
const log = (): string[] =>
  readFileSync(LOG, "utf8")
    .split("\n")
    .filter((line) => line !== "");
const resource = (name: string) =>
  stack.state().resources.find(({ urn }) => urn.endsWith(`::${name}`));
const outputs = async (): Promise<Outputs> =>
  parse<Outputs>((await stack.run(["output", "--json", "--show-secrets"], env)).stdout);
afterAll(() => {
  stack.remove();
  other.remove();
});

test("configuration that the project wants and the stack lacks, or has of another type, is named before anything is done", async () => {
  mkdirSync(join(stack.folder, "state"));
  expect(await stack.run(["preview"], env)).toMatchObject({
    code: 1,
    stderr: "error: validating stack config: Stack 'test' is missing configuration value 'must'\n",
  });
  expect((await other.run(["up", "--skip-preview", "--json"], env)).code).toBe(0);
  // Both stacks share a passphrase and a salt, so that a secret of the one can stand in the other's
  // file.
  const { checkpoint } = parse<StateFile>(
    readFileSync(join(stack.folder, "state/.pulumi/stacks/other/test.json"), "utf8"),
  );
  const { hidden } = checkpoint.latest.resources![0]!.outputs;
  const { ciphertext: secret } = hidden as { ciphertext: string };
  writeFileSync(
    join(stack.folder, "Pulumi.test.yaml"),
    readFileSync(join(other.folder, "Pulumi.test.yaml"), "utf8"),
  );
  appendFileSync(
    join(stack.folder, "Pulumi.test.yaml"),
    `config:\n  asking:must: here\n  asking:count: many\n  asking:nested:\n    inner: { secure: "${secret}" }\n    list: [7]\n`,
  );
  expect(await stack.run(["preview"], env)).toMatchObject({
    code: 1,
    stderr:
      "error: validating stack config: Stack 'test' with configuration key 'count' must be of type 'integer'\n",
  });
  writeFileSync(
    join(stack.folder, "Pulumi.test.yaml"),
    readFileSync(join(stack.folder, "Pulumi.test.yaml"), "utf8").replace(
      "  asking:count: many\n",
      "",
    ),
  );
});

test("a preview calls transforms, and only the hooks that want to be called then", async () => {
  const { code, stdout } = await stack.run(["preview", "--json"], env);
  expect(code).toBe(0);
  expect(parse<Preview>(stdout).changeSummary).toEqual({ create: 8 });
  expect(log().filter((line) => line.includes("|"))).toEqual(["bc|hooked|create|||"]);
});

test("secrets inside configuration, project defaults, another stack's outputs, transforms and hooks reach the program", async () => {
  writeFileSync(LOG, "");
  const { code, errors } = await stack.run(["up", "--skip-preview", "--json"], env);
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  expect(await outputs()).toEqual({
    seen: { plain: "hello", count: 3, must: "here" },
    inner: { inner: '"whisper"', list: [7] },
    theirs: { list: [1, null] },
    hush: "whisper",
    first: 1,
  });
  expect(resource("organization/other/test")).toMatchObject({
    external: true,
    inputs: { name: "organization/other/test" },
  });
  expect(resource("inner")!.outputs["stdout"]).toBe("changed");
  expect(resource("own")).toMatchObject({
    protect: true,
    inputs: { environment: { A: "b" } },
    outputs: { stdout: "made" },
    dependencies: [resource("made")!.urn],
  });
  expect(log()).toEqual(
    expect.arrayContaining([
      "stack inner",
      "stack made",
      "own create:output environment:object",
      "stack own",
      "bc|hooked|create|||",
      "ac|hooked|create||out|id",
    ]),
  );
  expect(readFileSync(stack.stateFile, "utf8")).not.toContain("whisper");
});

test("an update calls its hooks; replaceWith follows; a stash keeps its first value; nothing else changes", async () => {
  writeFileSync(LOG, "");
  const { code, changes } = await stack.run(["up", "--skip-preview", "--json"], { ...env, V: "2" });
  expect({ code, changes }).toEqual({ code: 0, changes: { same: 4, update: 2, replace: 2 } });
  expect(log().filter((line) => line.includes("|"))).toEqual([
    "bu|hooked|create|create||id",
    "au|hooked|create|create|out|id",
  ]);
  expect((await outputs())["first"]).toBe(1);
  expect(resource("own")!.protect).toBeUndefined();
});

test("a before hook that throws stops the step, an after hook that throws fails it, and both are named; destroy calls them with --run-program alone", async () => {
  const before = await stack.run(["up", "--skip-preview", "--json"], {
    ...env,
    V: "3",
    FAIL: "bd",
  });
  expect(before).toMatchObject({
    code: 1,
    errors: ['before hook "bd" failed: hook says no\n', "update failed\n"],
  });
  expect(resource("hooked")).toBeDefined();
  const destroyed = await stack.run(
    ["destroy", "--skip-preview", "--json", "--target", "**::hooked"],
    env,
  );
  expect(destroyed.errors.slice(0, 2)).toEqual([
    "Resource has delete hooks registered, but the program is not running. Hooks: bd, ad\n",
    "You must run with the `--run-program` flag to use delete hooks during destroy.\n",
  ]);
  writeFileSync(LOG, "");
  const { triggers } = resource("made")!.inputs;
  const after = await stack.run(
    ["destroy", "--run-program", "--skip-preview", "--json", "--target", "**::hooked"],
    { ...env, V: "3", FAIL: "ad" },
  );
  expect(after).toMatchObject({
    code: 1,
    errors: ['after hook "ad" failed: hook says no\n', "update failed\n"],
  });
  expect(log().filter((line) => line.includes("|"))).toEqual([
    "bd|hooked||create||id",
    "ad|hooked||create||id",
  ]);
  expect(resource("hooked")).toBeUndefined();
  expect(resource("made")!.inputs["triggers"]).toEqual(triggers);
});

test("an error hook decides how often a step is tried; what is not supported is refused by its name", async () => {
  writeFileSync(LOG, "");
  const { code, errors } = await stack.run(["up", "--skip-preview", "--json"], { ...env, V: "4" });
  expect(code).toBe(1);
  expect(log().filter((line) => line.startsWith("again"))).toEqual([
    "again create 1",
    "again create 2",
  ]);
  expect(errors.join("")).toContain("exit status 3");
  expect(errors.join("")).toContain(
    "command:local:Command refused: replacementTrigger, hideDiffs, customTimeouts.read " +
      "not supported by the embedded engine. Use the pulumi CLI, or do without.",
  );
  expect(resource("refused")).toBeUndefined();
});
