import type { Severity, Sink, Step, Summary } from "../events/events";
import { makeUrn, nameOf, STACK_TYPE, typeOf } from "../urn";
import { configurationText } from "./configuration";
import { startHeartbeat } from "./heartbeat";
import { type Action, type DisplayOptions, PROGRESS } from "./options";
import { countOf, infoOf, type Row, signOf, spoken, statusOf, type Told } from "./row";
import { createRowTable } from "./row-table";
import { isShown } from "./shown";
import { outputsText, summaryText } from "./summary";

/** "random:index/randomPet:RandomPet" is shown as "random:index:RandomPet". */
export const shownType = (urn: string): string => typeOf(urn).replace(/:([^:/]+)\/[^:]+:/, ":$1:");

type Say = (line: string) => void;

/** The stack has its place before its own event comes. */
const urnOf = ({ urn }: Row, { stack, project }: DisplayOptions): string =>
  urn === "" ? makeUrn(stack, project, undefined, STACK_TYPE, `${project}-${stack}`) : urn;

/** The rows, and the lines that are said of them while the run goes on. */
const createBoard = (preview: boolean, options: DisplayOptions, say: Say) => {
  const table = createRowTable();
  let over = false;
  const isRoot = ({ urn }: Row): boolean => urn === "" || typeOf(urn) === STACK_TYPE;
  const isDone = (row: Row): boolean =>
    row.failed || over || (!isRoot(row) && row.outputs.some(({ op }) => op === row.step.op));

  const show = (row: Row): void => {
    if (row.hidden) return;
    const urn = urnOf(row, options);
    const status = statusOf(row, { preview, over, done: isDone(row), root: isRoot(row) });
    say(` ${signOf(row)} ${shownType(urn)} ${nameOf(urn)} ${status} ${infoOf(row, over)}`);
  };
  const tell = (severity: Severity, message: string, urn: string, ephemeral: boolean): void => {
    const row = table.rowOf(urn);
    const isStack = urn === table.root();
    if (isStack || urn === "") row.hidden = false;
    const stream = severity.startsWith("info") && isStack ? 1 : 0;
    const entry: Told = { severity, message, ephemeral, stream };
    if (spoken(entry) === "") return;
    row.hidden = false;
    row.told.push(entry);
    show(row);
  };
  /** Shows once more what has not come to its end. */
  const close = (): void => {
    const open = table.all().filter((row) => !isDone(row));
    over = true;
    open.forEach(show);
  };
  return { table, show, tell, close };
};

/**
 * What was said of one resource: the program's own output as one text, everything else piece by
 * piece.
 */
const saidOf = (entries: readonly Told[]): readonly string[] => {
  const of = (stream: number): readonly string[] =>
    entries.filter((each) => each.stream === stream).map(spoken);
  return [of(1).join("\n"), ...of(0)].filter((text) => text !== "");
};

const sayDiagnostics = (rows: readonly Row[], options: DisplayOptions, say: Say): void => {
  let first = true;
  for (const row of rows) {
    const kept = row.told.filter(({ ephemeral, severity }) => !ephemeral && severity !== "debug");
    if (kept.length === 0) continue;
    if (first) say("Diagnostics:");
    first = false;
    const urn = urnOf(row, options);
    say(`  ${shownType(urn)} (${nameOf(urn)}):`);
    for (const text of saidOf(kept)) {
      for (const line of text.split("\n")) say(`    ${line}`.trimEnd());
      say("");
    }
  }
};

type Board = ReturnType<typeof createBoard>;

const sayEnd = (
  { close, table }: Board,
  summary: Summary,
  preview: boolean,
  options: DisplayOptions,
  say: Say,
): void => {
  close();
  const rows = table.all();
  sayDiagnostics(rows, options, say);
  const stack = rows.find(({ urn }) => urn !== "" && urn === table.root());
  const outputs =
    stack && !options.suppressOutputs
      ? outputsText(stack.step, 1, preview, false, options.showSames, options)
      : "";
  if (outputs !== "") say(`Outputs:\n${outputs}`);
  say(summaryText(summary, rows.filter((row) => countOf(row, "error") > 0).length));
};

/** Reads are not shown unless they are asked for. */
const isQuietRead = ({ op }: Step, { showReads }: DisplayOptions): boolean =>
  !showReads && (op === "read" || op === "read-replacement" || op === "discard");

/**
 * The CLI's display of a run without a terminal: a line for each thing that happens, then
 * everything that was said, the outputs and the summary.
 */
export const rowDisplay = (
  action: Action,
  preview: boolean,
  options: DisplayOptions,
  write: (text: string) => void,
): Sink => {
  const label = preview ? `previewing ${action}` : PROGRESS[action];
  const beat = startHeartbeat(label, options.suppressProgress ? () => {} : write);
  const say: Say = (line) => {
    beat.interrupt();
    write(`${line}\n`);
  };
  const board = createBoard(preview, options, say);
  const { show, table, tell } = board;
  const begin = (step: Step): Row => {
    const isKnownStack = table.root() !== "" && step.urn === table.root();
    const row = table.rowOf(step.urn, step);
    if (isShown(step, options, false) || isKnownStack) row.hidden = false;
    return row;
  };
  return {
    prelude: (config) => say(options.showConfig ? configurationText(config) : ""),
    before: (step) => {
      if (isQuietRead(step, options)) {
        if (step.op === "read")
          tell("info", `read ${shownType(step.urn)} ${nameOf(step.urn)}`, table.root(), true);
        return;
      }
      const row = begin(step);
      row.begun = Date.now();
      delete row.ended;
      row.step = step;
      show(row);
    },
    after: (step) => {
      if (isQuietRead(step, options)) return;
      const row = begin(step);
      const isRefresh = row.step.op === "refresh";
      row.ended = Date.now();
      row.step = step;
      row.outputs.push(step);
      const isCustom = (step.new ?? step.old)?.custom === true;
      if (isRefresh || (!preview && isCustom && step.op !== "same")) show(row);
    },
    failed: (step) => {
      const row = table.rowOf(step.urn, step);
      row.failed = true;
      show(row);
    },
    diagnostic: (severity, message, urn, ephemeral) => {
      if (severity !== "debug") tell(severity, message, urn ?? table.root(), ephemeral ?? false);
    },
    summary: (summary) => {
      sayEnd(board, summary, preview, options, say);
      beat.stop();
    },
  };
};
