/** The texts are the real CLI's (3.259) on the same steps; only times are left out. */
import { expect, test } from "@jest/globals";

import type { DisplayOptions } from "../../local/engine/display/options";
import { richDisplay } from "../../local/engine/display/rich";
import { rowDisplay } from "../../local/engine/display/rows";
import { diffLines } from "../../local/engine/display/text-diff";
import type { Step } from "../../local/engine/events/events";
import type { DiffKind } from "../../local/engine/providers/provider";
import { Archive, type Props, Secret, UNKNOWN } from "../../local/engine/values/value";

const options: DisplayOptions = {
  stack: "test",
  project: "side",
  diff: false,
  showSecrets: false,
  showSames: false,
  showReads: false,
  showReplacementSteps: false,
  showConfig: false,
  showFull: false,
  suppressOutputs: false,
  suppressProgress: true,
};
const ROOT = "urn:pulumi:test::side::pulumi:pulumi:Stack::side-test";
const state = (urn: string, inputs: Props, outputs: Props = {}, more: object = {}) => ({
  urn,
  type: urn.split("::")[2]!.split("$").at(-1)!,
  custom: true,
  inputs,
  outputs,
  dependencies: [],
  propertyDependencies: {},
  parent: ROOT,
  ...more,
});
const stack = (outputs: Props) => state(ROOT, {}, outputs, { custom: false, parent: undefined });
const command = (name: string, inputs: Props, outputs: Props = {}) =>
  state(`urn:pulumi:test::side::command:local:Command::${name}`, inputs, outputs, {
    id: `${name}1`,
  });
const step = (op: Step["op"], from: Pick<Step, "old" | "new">, more: Partial<Step> = {}): Step => ({
  op,
  urn: (from.new ?? from.old)!.urn,
  logical: true,
  ...from,
  ...more,
});
const changed = (kinds: Record<string, DiffKind>) => ({
  detailed: Object.fromEntries(
    Object.entries(kinds).map(([path, diffKind]) => [path, { diffKind, inputDiff: false }]),
  ),
  diffs: [...new Set(Object.keys(kinds).map((path) => /^\w+/.exec(path)![0]))],
});

const rows = (preview: boolean) => {
  const out: string[] = [];
  const sink = rowDisplay("update", preview, options, (text) => out.push(text));
  return { sink, text: () => out.join("").replace(/\d+\.\d\ds/g, "0.00s") };
};
const rich = (more: Partial<DisplayOptions> = {}) => {
  const out: string[] = [];
  const sink = richDisplay(
    { ...options, diff: true, ...more },
    (text) => out.push(text),
    () => {},
  );
  return { sink, text: () => out.join("") };
};

const first = step(
  "update",
  {
    old: command(
      "first",
      { create: "echo one", environment: { A: "1" } },
      { create: "echo one", environment: { A: "1" }, stdout: "one" },
    ),
    new: command("first", { create: "echo two", environment: { A: "1", B: "2" } }),
  },
  changed({ create: "update", "environment.B": "add" }),
);
const gone = step("delete", { old: command("gone", { create: "true" }) });
const outputs = {
  hidden: new Secret("x"),
  name: "ape",
  nested: { a: [1, { b: "c" }], e: [], n: null },
  text: "line one\nline two",
};
const finished = {
  ...first,
  new: {
    ...first.new!,
    outputs: { create: "echo two", environment: { A: "1", B: "2" }, stdout: "two\nthree" },
  },
};

test("a run: each step as it goes, with what it says; then the diagnostics, the outputs, the summary", () => {
  const { sink, text } = rows(false);
  sink.prelude({});
  sink.before(step("same", { old: stack(outputs), new: stack(outputs) }), false);
  sink.before(first, false);
  sink.diagnostic("info", "two", first.urn, true);
  sink.after(finished, false);
  sink.diagnostic("warning", "careful now");
  sink.before(gone, false);
  sink.diagnostic("error", 'exit status 3: running "false":\nbad', gone.urn);
  sink.failed(gone);
  sink.diagnostic("error", "update failed");
  sink.after(step("same", { old: stack(outputs), new: stack({ ...outputs, name: "bee" }) }), false);
  sink.summary({ seconds: 1.2, changes: { update: 1, same: 3 }, preview: false, failed: true });
  expect(text()).toBe(`
 ~  command:local:Command first updating (0s) [diff: ~create,environment]
 ~  command:local:Command first updating (0s) [diff: ~create,environment]; two
 ~  command:local:Command first updated (0.00s) [diff: ~create,environment]; two
    pulumi:pulumi:Stack side-test running warning: careful now
 -  command:local:Command gone deleting (0s)${" "}
 -  command:local:Command gone deleting (0s) error: exit status 3: running "false":
 -  command:local:Command gone **deleting failed** error: exit status 3: running "false":
    pulumi:pulumi:Stack side-test running error: update failed
    pulumi:pulumi:Stack side-test **failed** 1 error; 1 warning
Diagnostics:
  pulumi:pulumi:Stack (side-test):
    warning: careful now

    error: update failed

  command:local:Command (gone):
    error: exit status 3: running "false":
    bad

Outputs:
    hidden: [secret]
  ~ name  : "ape" => "bee"
    nested: {
        a: [
            [0]: 1
            [1]: {
                b: "c"
            }
        ]
        e: []
        n: <null>
    }
    text  : "line one\\nline two"

Resources:
    ~ 1 updated
    3 unchanged
    2 errored

Duration: 2s

`);
});

test("a preview: what is to come; only outputs that will differ; a replacement in its parts", () => {
  const { sink, text } = rows(true);
  const old = command("multi", { triggers: ["x", "y"] }, { triggers: ["x", "y"] });
  const parts = { old, new: command("multi", { triggers: ["x", "z"] }) };
  const difference = changed({ "triggers[1]": "update-replace" });
  sink.prelude({});
  sink.before(step("create", { new: stack({}) }), true);
  sink.before(step("create-replacement", parts, { ...difference, logical: false }), true);
  sink.after(step("create-replacement", parts, { ...difference, logical: false }), true);
  sink.before(step("replace", parts, difference), true);
  sink.after(step("replace", parts, difference), true);
  sink.before(step("delete-replaced", { old }, { logical: false }), true);
  sink.after(step("delete-replaced", { old }, { logical: false }), true);
  sink.after(step("create", { new: stack({ name: UNKNOWN }) }), true);
  sink.summary({ seconds: 1, changes: { create: 1, replace: 1 }, preview: true, failed: false });
  expect(text()).toBe(`
 +  pulumi:pulumi:Stack side-test create${" "}
 ++ command:local:Command multi create replacement [diff: ~triggers]
 +- command:local:Command multi replace [diff: ~triggers]
 -- command:local:Command multi delete original [diff: ~triggers]
 +  pulumi:pulumi:Stack side-test create${" "}
Outputs:
    name: [unknown]

Resources:
    + 1 to create
    +-1 to replace
    2 changes

`);
});

test("a destroy meets the stack first as a parent, and tells no outputs", () => {
  const { sink, text } = rows(true);
  sink.prelude({});
  sink.before(gone, true);
  sink.after(gone, true);
  sink.before(step("delete", { old: stack(outputs) }), true);
  sink.summary({ seconds: 1, changes: { delete: 2 }, preview: true, failed: false });
  expect(text()).toBe(`
 -  command:local:Command gone delete${" "}
 -  pulumi:pulumi:Stack side-test delete${" "}
 -  pulumi:pulumi:Stack side-test delete${" "}
    pulumi:pulumi:Stack side-test ${" "}
Resources:
    - 2 to delete

`);
});

test("--diff: every property that differs, lists and texts line by line, what the run adds, secrets masked", () => {
  const { sink, text } = rich();
  const archive = (hash: string) => new Archive(hash, { path: "./bundle" });
  const old = command(
    "first",
    {
      ...first.old!.inputs,
      stdin: "a\nb\nc\n",
      settings: '{"x":1}',
      list: [1, 2],
      key: new Secret("k"),
      code: archive("1111111aa"),
    },
    first.old!.outputs,
  );
  const now = command("first", {
    ...first.new!.inputs,
    stdin: "a\nb\nd\n",
    settings: '{"x":2}',
    list: [1],
    key: new Secret("l"),
    code: archive("2222222bb"),
  });
  const difference = changed({
    create: "update",
    "environment.B": "add",
    stdin: "update",
    settings: "update",
    "list[1]": "delete",
    key: "update",
    code: "update",
  });
  const update = step(
    "update",
    { old: { ...old, outputs: { ...old.inputs, stdout: "one" } }, new: now },
    difference,
  );
  sink.before(step("same", { old: stack(outputs), new: stack(outputs) }), false);
  sink.before(update, false);
  sink.after({ ...update, new: { ...now, outputs: { ...now.inputs, stdout: "two" } } }, false);
  sink.before(
    step("create", {
      new: command("long", { text: "1\n2\n3\n4", path: "x".repeat(151), n: 1.5, b: true }),
    }),
    false,
  );
  sink.before(gone, false);
  sink.summary({
    seconds: 61,
    changes: { update: 1, create: 1, delete: 1 },
    preview: false,
    failed: false,
  });
  expect(text()).toBe(`  pulumi:pulumi:Stack: (same)
    [urn=${ROOT}]
    ~ command:local:Command: (update)
        [id=first1]
        [urn=${first.urn}]
      ~ code       : archive(file:1111111->2222222) { ./bundle }
      ~ create     : "echo one" => "echo two"
      ~ environment: {
          + B: "2"
        }
      ~ key        : [secret] => [secret]
      ~ list       : [
          - [1]: 2
        ]
      ~ settings   : (json) {
          ~ x: 1 => 2
        }
      ~ stdin      :${" "}
            a
            b
          - c
          + d
        --outputs:--
      ~ stdout     : "one" => "two"
    + command:local:Command: (create)
        [urn=urn:pulumi:test::side::command:local:Command::long]
        b   : true
        n   : 1.5
        path: "${"x".repeat(150)}..."
        text: "1\\n2\\n3\\n..."
    - command:local:Command: (delete)
        [id=gone1]
        [urn=${gone.urn}]
        create: "true"
Resources:
    + 1 created
    ~ 1 updated
    - 1 deleted
    3 changes

Duration: 1m1s
`);
});

test("--show-secrets shows what has changed inside a secret", () => {
  const { sink, text } = rich({ showSecrets: true });
  sink.before(
    step(
      "update",
      {
        old: command("first", {}, { key: new Secret("k") }),
        new: command("first", { key: new Secret("l") }),
      },
      changed({ key: "update" }),
    ),
    true,
  );
  expect(text()).toContain(`  ~ key: "k" => "l"\n`);
});

test("texts of many lines are compared where they differ, without a table of all their lines", () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `line ${index}`);
  const changed = [...many.slice(0, 15_000), "new", ...many.slice(15_001)];
  expect(diffLines(many, changed).map(({ kind, lines }) => [kind, lines.length])).toEqual([
    ["same", 15_000],
    ["delete", 1],
    ["add", 1],
    ["same", 14_999],
  ]);
  expect(
    diffLines(
      many,
      many.map((line) => `${line}!`),
    ).map(({ kind, lines }) => [kind, lines.length]),
  ).toEqual([
    ["delete", 30_000],
    ["add", 30_000],
  ]);
});
