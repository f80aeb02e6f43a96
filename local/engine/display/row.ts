import { type Op, PREFIX, type Severity, type Step } from "../events/events";
import { rootOf } from "../providers/diff";
import { diffOf, type Diffs, translated } from "./object-diff";
import { SIGNS, WORDS } from "./ops";

export interface Told {
  readonly severity: Severity;
  readonly message: string;
  readonly stream: number;
  readonly ephemeral: boolean;
}

/** What the display knows of one resource. */
export interface Row {
  readonly urn: string;
  step: Step;
  readonly outputs: Step[];
  /** Unchanged, and so not worth a line. */
  hidden: boolean;
  failed: boolean;
  begun?: number;
  ended?: number;
  readonly told: Told[];
}

export const spoken = ({ severity, message }: Told): string =>
  `${PREFIX[severity]}${message}`.trimEnd();
export const countOf = (row: Row, ...severities: readonly Severity[]): number =>
  row.told.filter(({ severity, ephemeral }) => !ephemeral && severities.includes(severity)).length;

const keysText = (sign: string, keys: readonly string[]): string =>
  keys.length > 0 ? `${sign}${[...keys].sort().join(",")}` : "";

/** How the properties differ: as the provider has told, else by the inputs. */
const diffsOf = (step: Step): Diffs | null => {
  const { old, new: now, detailed } = step;
  if (detailed && Object.keys(detailed).length > 0) return translated(step);
  return old && now ? diffOf(old.inputs, now.inputs) : null;
};

/** The names of the properties that differ, each group with its sign. */
const shortDiff = (step: Step): string => {
  const { op, old, new: now, diffs } = step;
  if (!old || !now) return "";
  const found = op === "same" ? null : diffsOf(step);
  const moved = [
    ...(old.provider !== now.provider ? ["provider"] : []),
    ...((old.protect ?? false) !== (now.protect ?? false) ? ["protect"] : []),
  ];
  if (!found && moved.length === 0) return "";
  const only = (keys: Iterable<string | number>): string[] =>
    [...keys].map(String).filter((key) => !diffs?.length || diffs.includes(rootOf(key)));
  const updates = [...only(found?.updates.keys() ?? []), ...(diffs?.length ? [] : moved)];
  return `diff: ${keysText("+", only(found?.adds.keys() ?? []))}${keysText("-", only(found?.deletes.keys() ?? []))}${keysText("~", updates)}`;
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** The step of a replacement, or of an import, that says what differs. */
const stepWithDiff = ({ step, outputs }: Row): Step => {
  if (step.op === "create-replacement" || step.op === "delete-replaced")
    return outputs.findLast(({ op }) => op === "replace") ?? step;
  return (step.op === "import" && outputs.find(({ op }) => op === "import")) || step;
};

const countsOf = (row: Row): readonly string[] => {
  const counts = [
    { count: countOf(row, "error"), word: "error" },
    { count: countOf(row, "warning"), word: "warning" },
    { count: countOf(row, "info", "info#err"), word: "message" },
  ];
  return counts.filter(({ count }) => count > 0).map(({ count, word }) => plural(count, word));
};

/** The last column: what differs, and the last thing said; in the end, how much was said. */
export const infoOf = (row: Row, done: boolean): string => {
  const changes = shortDiff(stepWithDiff(row));
  const last = row.told.at(-1);
  const said = done ? countsOf(row) : [last ? spoken(last) : ""];
  const parts = [changes && `[${changes}]`, ...said].filter((part) => part !== "");
  return parts.join("; ").replace(/\n[^]*/, "");
};

const seconds = (milliseconds: number): string =>
  milliseconds < 1000
    ? `${(milliseconds / 1000).toFixed(2)}s`
    : `${Math.floor(milliseconds / 1000)}s`;
const PREVIEWED: Partial<Record<Op, string>> = {
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "read-replacement": "replace",
  "discard-replaced": "replace",
  refresh: "refresh",
  "import-replacement": "import",
};

const finished = (row: Row, preview: boolean, failed: boolean): string => {
  const { op } = row.step;
  if (preview) return PREVIEWED[op] ?? WORDS[op].planned;
  const text = failed ? WORDS[op].failed : WORDS[op].done;
  const timed =
    op === "same" || row.begun === undefined || row.ended === undefined
      ? text
      : `${text} (${seconds(row.ended - row.begun)})`;
  return failed ? `**${timed}**` : timed;
};

const KEPT: readonly Op[] = ["delete", "replace", "create-replacement", "delete-replaced"];

export const statusOf = (
  row: Row,
  { preview, done, over, root }: { preview: boolean; done: boolean; over: boolean; root: boolean },
): string => {
  const { op, old } = row.step;
  const failed = row.failed || countOf(row, "error") > 0;
  const doing = (): string => {
    if (root && op === "same") return "running";
    if (preview) return WORDS[op].planned;
    return op === "same" || row.begun === undefined
      ? WORDS[op].doing
      : `${WORDS[op].doing} (${Math.floor((Date.now() - row.begun) / 1000)}s)`;
  };
  const interrupted =
    over &&
    !failed &&
    (row.step.new ?? old)?.custom === true &&
    op !== "same" &&
    op !== "remove-pending-replace" &&
    !row.outputs.some((each) => each.op === op);
  const reached = (): string => (done ? finished(row, preview, failed) : doing());
  const text = interrupted ? `${WORDS[op].doing} (interrupted)` : reached();
  return old?.retainOnDelete && KEPT.includes(op) ? `${text}[retain]` : text;
};

export const signOf = ({ step }: Row): string => SIGNS[step.op];
