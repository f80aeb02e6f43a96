/**
 * The real CLI beside this engine on the same programs: same steps, same state, and either goes on
 * with the other's stack. Runs where `pulumi` and its plugins are installed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { omit } from "../../local/engine/omit";
import { suiteWhere } from "../fixtures/suite-where";
import {
  parse,
  project,
  type Outputs,
  type Preview,
  type Project,
  type Result,
  type StateFile,
  type StoredResource,
} from "./kit";

const has = (program: string): boolean =>
  spawnSync(program, ["version"], { stdio: "ignore" }).status === 0;
const plugins = (): string =>
  spawnSync("pulumi", ["plugin", "ls"], { encoding: "utf8" }).stdout ?? "";
const missing = (): string | null => {
  if (!has("pulumi")) return "no `pulumi` on PATH";
  const installed = plugins();
  const lacking = ["command", "random", "tls"].filter(
    (name) => !new RegExp(`^${name} `, "m").test(installed),
  );
  return lacking.length > 0
    ? `these plugins of the CLI are not installed: ${lacking.join(", ")} (pulumi plugin install)`
    : null;
};
const REASON = missing();

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
import { RandomPassword, RandomPet } from "@pulumi/random";
import { PrivateKey } from "@pulumi/tls";
class Box extends pulumi.ComponentResource {
  readonly key: PrivateKey;
  constructor(name: string) {
    super("test:index:Box", name);
    this.key = new PrivateKey("key", { algorithm: "ED25519" }, { parent: this });
    this.registerOutputs({ key: this.key.publicKeyOpenssh });
  }
}
const box = new Box("box");
const password = new RandomPassword("password", { length: 20, special: false });
const pet = new RandomPet("pet", { keepers: { said: process.env.SAID ?? "one" } });
const first = new local.Command("first", { create: "cat", stdin: password.result, triggers: [pet.id] });
new local.Command("second", { create: pulumi.interpolate\`echo \${process.env.SAID ?? "one"}\` }, { dependsOn: [first, box] });
pulumi.runtime.registerStackTransform((args) => (args.name === "fed" ? { props: { ...args.props, environment: { A: "transformed" } }, opts: args.opts } : undefined));
const hook = new pulumi.ResourceHook("hook", () => {});
new local.Command("fed", { create: "true", environment: { A: "a" } }, { hooks: { afterCreate: [hook] } });
new pulumi.Stash("kept", { input: { plain: 1, hidden: pulumi.secret("s") } });
new pulumi.Stash("bundle", { input: new pulumi.asset.AssetArchive({ "a.txt": new pulumi.asset.StringAsset("a"), sub: new pulumi.asset.AssetArchive({ b: new pulumi.asset.StringAsset("b") }) }) });
export const told = new pulumi.Config().require("told");
export const nested = { list: [1, null, "two\\nlines"], said: process.env.SAID ?? "one" };
export const name = pet.id;
export const hidden = pulumi.secret({ outer: 1, inner: password.result });
`;

let stack: Project;
const environment = () => ({
  ...process.env,
  PULUMI_BACKEND_URL: `file://${join(stack.folder, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});
const cli = (args: readonly string[], more: NodeJS.ProcessEnv = {}): string =>
  execFileSync("pulumi", [...args, "--stack", "test", "--cwd", stack.folder], {
    env: { ...environment(), ...more },
    encoding: "utf8",
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "pipe"],
  });
const stateOf = (): readonly StoredResource[] =>
  parse<StateFile>(readFileSync(stack.stateFile, "utf8")).checkpoint.latest.resources ?? [];
const done = (result: Result): Result => {
  if (result.code !== 0) throw new Error(`exit ${result.code}\n${result.stdout}\n${result.stderr}`);
  return result;
};

/**
 * What must be alike whatever was drawn at random: all but ids, times and the values themselves, of
 * which the kind counts, and which are secret.
 */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.values(value).includes(SECRET)
    ? "secret"
    : Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => key !== "__pulumi_raw_state_delta")
          .map(([key, item]) => [key, shape(item)]),
      );
};
const outline = (resources: readonly StoredResource[]) =>
  resources
    .map(({ urn, dependencies, propertyDependencies, inputs, outputs, provider, ...others }) => ({
      urn,
      ...omit(others, "id", "created", "modified"),
      dependencies: [...(dependencies ?? [])].sort(),
      propertyDependencies: Object.entries(propertyDependencies ?? {}).map(([key, urns]) => [
        key,
        [...urns].sort(),
      ]),
      inputs: shape(inputs ?? {}),
      outputs: shape(outputs ?? {}),
      provider: provider?.split("::").slice(0, -1).join("::"),
    }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
/**
 * Without the beat of seconds, durations, ids made in the run; sorted, as what happens side by side
 * may end in any order.
 */
const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("@ ") && line.trim() !== "")
    .map((line) =>
      line
        .replace(/\(\d+(\.\d\d)?s\)/g, "(…)")
        .replace(/^Duration: .*/, "Duration")
        .replace(/<\{%[^%]*%\}>/g, "")
        .trimEnd(),
    )
    .sort();
const stepsOf = (preview: string): string[] =>
  parse<Preview>(preview)
    .steps.map(({ op, urn }) => `${op} ${urn}`)
    .sort();

suiteWhere(REASON, "beside the real CLI", () => {
  beforeAll(() => {
    stack = project("real", PROGRAM);
    appendFileSync(
      join(stack.folder, "Pulumi.yaml"),
      "config:\n  told: { type: string, default: by the project }\n",
    );
  });
  afterAll(() => stack.remove());

  test("a preview has the same steps", async () => {
    mkdirSync(join(stack.folder, "state"));
    cli(["stack", "select", "--create"]);
    expect(stepsOf(done(await stack.run(["preview", "--json"])).stdout)).toEqual(
      stepsOf(cli(["preview", "--json"])),
    );
  });

  test("the state of a first up is alike, and the CLI finds nothing to do on it", async () => {
    done(await stack.run(["up", "--skip-preview", "--json"]));
    cli(["preview", "--expect-no-changes"]);
    const embedded = stateOf();
    cli(["destroy", "--yes", "--skip-preview"]);
    expect(stateOf()).toEqual([]);
    cli(["up", "--yes", "--skip-preview"]);
    expect(outline(embedded)).toEqual(outline(stateOf()));
  });

  test("the CLI's stack is gone on with: nothing to do, an update, a refresh, and the CLI again", async () => {
    expect(done(await stack.run(["preview", "--json", "--expect-no-changes"])).code).toBe(0);
    const changed = done(await stack.run(["up", "--skip-preview", "--json"], { SAID: "two" }));
    expect(changed.changes).toMatchObject({ replace: 2, update: 1 });
    cli(["preview", "--expect-no-changes"], { SAID: "two" });
    cli(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], { SAID: "two" });
    done(
      await stack.run(["refresh", "--skip-preview", "--json", "--expect-no-changes"], {
        SAID: "two",
      }),
    );
  });

  test("each operation prints the same lines and ends with the same exit code", async () => {
    // Either works on a copy of its own of one state, so that even ids and what was drawn at random
    // are the same.
    const state = readFileSync(stack.stateFile, "utf8");
    for (const [args, SAID] of [
      [["preview"], "two"],
      [["preview", "--expect-no-changes"], "three"],
      [["preview", "--diff"], "three"],
      [["up", "--skip-preview"], "two"],
      [["up"], "two"],
      [["up", "--yes"], "two"],
      [["refresh", "--preview-only"], "two"],
      [["destroy", "--preview-only"], "two"],
      [["destroy", "--preview-only", "--diff"], "two"],
      [["stack", "output"], "two"],
      [["stack", "output", "none"], "two"],
    ] as const) {
      writeFileSync(stack.stateFile, state);
      const real = spawnSync("pulumi", [...args, "--stack", "test", "--cwd", stack.folder], {
        env: { ...environment(), SAID },
        encoding: "utf8",
      });
      writeFileSync(stack.stateFile, state);
      const ours = await stack.run(args, { SAID });
      expect({
        args,
        code: ours.code,
        lines: linesOf(ours.stdout),
        errors: linesOf(ours.stderr),
      }).toEqual({
        args,
        code: real.status,
        lines: linesOf(real.stdout),
        errors: linesOf(real.stderr),
      });
    }
    writeFileSync(stack.stateFile, state);
  });

  test("a secret's text and a wrong passphrase mean the same to both", async () => {
    const outputs = parse<Outputs>(cli(["stack", "output", "--json", "--show-secrets"]));
    expect(
      JSON.parse(done(await stack.run(["output", "--json", "--show-secrets"])).stdout),
    ).toEqual(outputs);
    expect((await stack.run(["preview"], { PULUMI_CONFIG_PASSPHRASE: "wrong" })).code).not.toBe(0);
    expect(() => cli(["preview"], { PULUMI_CONFIG_PASSPHRASE: "wrong" })).toThrow();
  });

  test("destroyed by the embedded engine, gone for the CLI too", async () => {
    done(await stack.run(["destroy", "--skip-preview", "--json"]));
    const { deployment } = parse<{ deployment: { resources?: readonly StoredResource[] } }>(
      cli(["stack", "export"]),
    );
    expect(deployment.resources ?? []).toEqual([]);
  });
});
