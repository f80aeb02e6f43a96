import { nameOf, STACK_TYPE, typeOf } from "../urn";
import { UNKNOWN_TEXT } from "../values/signatures";
import { masked, store } from "../values/stored";
import { parsePath } from "../plan/paths";
import { type Props, Secret, Unknown, type Value } from "../values/value";
import type { Op, Sink, Step } from "./events";

const SIGNS: Readonly<Record<Op, string>> = {
  same: "  ", create: "+ ", update: "~ ", delete: "- ", replace: "+-", "create-replacement": "++", "delete-replaced": "--", read: "> ", "read-replacement": ">>", refresh: "~ ",
  discard: "< ", "discard-replaced": "<<", "remove-pending-replace": "~ ", import: "= ", "import-replacement": "=>",
};
const DOING: Partial<Record<Op, string>> = { create: "creating", update: "updating", delete: "deleting", replace: "replacing", "create-replacement": "creating replacement", "delete-replaced": "deleting original", read: "reading", refresh: "refreshing", import: "importing" };
const DONE: Partial<Record<Op, string>> = { create: "created", update: "updated", delete: "deleted", replace: "replaced", "create-replacement": "created replacement", "delete-replaced": "deleted original", read: "read", refresh: "refresh", import: "imported", discard: "discarded" };
const COUNTED: readonly [Op, string, string][] = [
  ["create", "to create", "created"], ["import", "to import", "imported"], ["update", "to update", "updated"], ["replace", "to replace", "replaced"], ["delete", "to delete", "deleted"], ["read", "to read", "read"], ["discard", "to discard", "discarded"],
];
const TITLES: Readonly<Record<string, string>> = { up: "Updating", update: "Updating", preview: "Previewing update", refresh: "Refreshing", destroy: "Destroying", down: "Destroying", import: "Importing" };

/** "random:index/randomPet:RandomPet" is shown as "random:index:RandomPet". */
const shownType = (urn: string): string => typeOf(urn).replace(/:([^:/]+)\/[^:]+:/, ":$1:");
const at = (props: Props | undefined, path: string): Value | undefined =>
  parsePath(path).reduce<Value | undefined>((value, key) => ((value instanceof Secret ? value.value : value) as Record<string | number, Value> | undefined)?.[key], props);
const shown = (value: Value | undefined): string => (value === undefined ? "" : value instanceof Unknown ? "output<string>" : JSON.stringify(store(value, masked)).replaceAll(`"${UNKNOWN_TEXT}"`, "output<string>"));

const diffLines = ({ detailed, old, new: now }: Step): string[] => Object.entries(detailed ?? {}).map(([path, { diffKind }]) => {
  const sign = diffKind.startsWith("add") ? "+" : diffKind.startsWith("delete") ? "-" : "~";
  const [was, is] = [shown(at(old?.inputs, path)), shown(at(now?.inputs, path))];
  const change = sign === "+" ? is : sign === "-" ? was : `${was} => ${is}`;
  return `      ${sign} ${path}: ${change}${diffKind.endsWith("-replace") ? " [forces replacement]" : ""}`;
});

export const outputLines = (outputs: Props): string[] => Object.keys(outputs).sort().map((key) => `    ${key}: ${shown(outputs[key])}`);

/** The CLI's display of a non-interactive run, on stdout. */
export const textDisplay = (command: string, { stack, diff }: { stack: string; diff: boolean }): Sink => {
  const say = (line: string): void => { process.stdout.write(`${line}\n`); };
  const started = new Map<string, number>();
  const preview = command === "preview" || command === "pre";
  let outputs: Props = {};
  say(`${TITLES[command] ?? command} (${stack}):\n`);
  return {
    prelude: () => {},
    before: (step) => {
      started.set(step.urn, Date.now());
      if (step.op === "same" || preview || DOING[step.op] === undefined) return;
      say(` ${SIGNS[step.op]} ${shownType(step.urn)} ${nameOf(step.urn)} ${DOING[step.op]}`);
    },
    after: (step) => {
      const resource = step.new ?? step.old;
      if (resource?.type === STACK_TYPE) outputs = resource.outputs;
      if (step.op === "same" || (step.op === "refresh" && !step.detailed)) return;
      const changed = step.diffs?.length ? ` [diff: ${step.diffs.map((name) => `~${name}`).join(",")}]` : "";
      const seconds = preview ? "" : ` (${((Date.now() - (started.get(step.urn) ?? Date.now())) / 1000).toFixed(2)}s)`;
      say(` ${SIGNS[step.op]} ${shownType(step.urn)} ${nameOf(step.urn)} ${preview ? step.op : (DONE[step.op] ?? step.op)}${seconds}${changed}`);
      if (diff) diffLines(step).forEach(say);
    },
    failed: (step) => say(` ${SIGNS[step.op]} ${shownType(step.urn)} ${nameOf(step.urn)} **${DOING[step.op] ?? step.op} failed**`),
    diagnostic: (severity, message, urn, ephemeral) => {
      if (severity === "debug" || ephemeral) return;
      const place = urn ? `${shownType(urn)} ${nameOf(urn)}: ` : "";
      say(`    ${place}${severity === "error" || severity === "warning" ? `${severity}: ` : ""}${message.trimEnd()}`);
    },
    summary: ({ seconds, changes, failed }) => {
      if (Object.keys(outputs).length > 0) say(`\nOutputs:\n${outputLines(outputs).join("\n")}`);
      say("\nResources:");
      const count = COUNTED.filter(([op]) => (changes[op] ?? 0) > 0);
      for (const [op, future, past] of count) say(`    ${SIGNS[op].trim()} ${changes[op]} ${preview ? future : past}`);
      if ((changes["same"] ?? 0) > 0) say(`    ${changes["same"]} unchanged`);
      if (preview) { if (failed) say("\nerror: preview failed"); return; }
      say(`\nDuration: ${Math.round(seconds)}s`);
      if (failed) process.stderr.write(`error: ${command === "refresh" ? "refresh" : command === "destroy" ? "destroy" : "update"} failed\n`);
    },
  };
};
