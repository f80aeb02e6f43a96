import type { Severity, Sink, Step, Summary } from "../events/events";
import { makeUrn, nameOf, STACK_TYPE, typeOf } from "../urn";
import { type Action, type DisplayOptions, PROGRESS } from "./options";
import { countOf, infoOf, type Row, signOf, spoken, statusOf, type Told } from "./row";
import { isShown } from "./shown";
import { outputsText, summaryText } from "./summary";

/** "random:index/randomPet:RandomPet" is shown as "random:index:RandomPet". */
export const shownType = (urn: string): string => typeOf(urn).replace(/:([^:/]+)\/[^:]+:/, ":$1:");

/** A dot each second in which nothing else is said. */
const heartbeat = (label: string, say: (text: string) => void) => {
  let silent = false;
  const timer = setInterval(() => {
    say(silent ? "." : `@ ${label}....`);
    silent = true;
  }, 1000);
  timer.unref();
  return {
    interrupt: (): void => {
      if (silent) say("\n");
      silent = false;
      timer.refresh();
    },
    stop: (): void => {
      if (silent) say("\n");
      silent = false;
      clearInterval(timer);
    },
  };
};

/** The CLI's display of a run without a terminal: a line for each thing that happens, then everything that was said, the outputs and the summary. */
export const rowDisplay = (
  action: Action,
  preview: boolean,
  options: DisplayOptions,
  write: (text: string) => void,
): Sink => {
  const rows = new Map<string, Row>();
  const beat = heartbeat(
    preview ? `previewing ${action}` : PROGRESS[action],
    options.suppressProgress ? () => {} : write,
  );
  // As in the CLI, the stack is only known by an event of its own, and what is said before has no other place.
  let root = "";
  let over = false;
  const isRoot = (row: Row): boolean => row.urn === "" || typeOf(row.urn) === STACK_TYPE;
  const isDone = (row: Row): boolean =>
    row.failed || over || (!isRoot(row) && row.outputs.some(({ op }) => op === row.step.op));
  const say = (line: string): void => {
    beat.interrupt();
    write(`${line}\n`);
  };

  const show = (row: Row): void => {
    if (row.hidden) return;
    const urn =
      row.urn === ""
        ? makeUrn(
            options.stack,
            options.project,
            undefined,
            STACK_TYPE,
            `${options.project}-${options.stack}`,
          )
        : row.urn;
    say(
      ` ${signOf(row)} ${shownType(urn)} ${nameOf(urn)} ${statusOf(row, { preview, over, done: isDone(row), root: isRoot(row) })} ${infoOf(row, over)}`,
    );
  };
  const rowOf = (urn: string, step: Step = { op: "same", urn, logical: true }): Row => {
    const found = rows.get(urn);
    if (found) return found;
    if (typeOf(urn) === STACK_TYPE) {
      root = urn;
      const unnamed = rows.get("");
      rows.delete("");
      const row = unnamed
        ? { ...unnamed, urn, step }
        : {
            urn,
            step,
            outputs: [],
            hidden: true,
            failed: false,
            told: [],
          };
      rows.set(urn, row);
      return row;
    }
    // A stack that is first met as a parent stays one: its outputs are not told in the end (a destroy).
    const parent = (step.new ?? step.old)?.parent;
    if (parent && parent !== root && !rows.has(parent))
      rows.set(parent, {
        urn: parent,
        step: { op: "same", urn: parent, logical: true },
        outputs: [],
        hidden: true,
        failed: false,
        told: [],
      });
    if (root === "" && !rows.has(""))
      rows.set("", {
        urn: "",
        step: { op: "same", urn: "", logical: true },
        outputs: [],
        hidden: false,
        failed: false,
        told: [],
      });
    const row: Row = {
      urn,
      step,
      outputs: [],
      hidden: true,
      failed: false,
      told: [],
    };
    if (urn !== "") rows.set(urn, row);
    return rows.get(urn)!;
  };
  const told = (severity: Severity, message: string, urn: string, ephemeral: boolean): void => {
    const row = rowOf(urn);
    if (urn === root || urn === "") row.hidden = false;
    const entry: Told = {
      severity,
      message,
      ephemeral,
      stream: severity.startsWith("info") && urn === root ? 1 : 0,
    };
    if (spoken(entry) === "") return;
    row.hidden = false;
    row.told.push(entry);
    show(row);
  };
  const isQuietRead = ({ op }: Step): boolean =>
    !options.showReads && (op === "read" || op === "read-replacement" || op === "discard");
  const begin = (step: Step): Row => {
    const known = root !== "" && step.urn === root;
    const row = rowOf(step.urn, step);
    if (isShown(step, options, false) || known) row.hidden = false;
    return row;
  };

  const diagnostics = (): void => {
    let first = true;
    for (const row of rows.values()) {
      const kept = row.told.filter(({ ephemeral, severity }) => !ephemeral && severity !== "debug");
      if (kept.length === 0) continue;
      if (first) say("Diagnostics:");
      first = false;
      const urn =
        row.urn === ""
          ? makeUrn(
              options.stack,
              options.project,
              undefined,
              STACK_TYPE,
              `${options.project}-${options.stack}`,
            )
          : row.urn;
      say(`  ${shownType(urn)} (${nameOf(urn)}):`);
      for (const stream of [1, 0]) {
        const entries = kept.filter((each) => each.stream === stream);
        for (const text of stream === 1 ? [entries.map(spoken).join("\n")] : entries.map(spoken)) {
          if (text === "") continue;
          for (const line of text.split("\n")) say(`    ${line}`.trimEnd());
          say("");
        }
      }
    }
  };

  const end = (summary: Summary): void => {
    const open = [...rows.values()].filter((row) => !isDone(row));
    over = true;
    open.forEach(show);
    diagnostics();
    const stack = rows.get(root);
    const outputs =
      stack && root !== "" && !options.suppressOutputs
        ? outputsText(stack.step, 1, preview, false, options.showSames, options)
        : "";
    if (outputs !== "") say(`Outputs:\n${outputs}`);
    say(summaryText(summary, [...rows.values()].filter((row) => countOf(row, "error") > 0).length));
    beat.stop();
  };

  return {
    prelude: (config) =>
      say(
        options.showConfig
          ? `Configuration:\n${Object.keys(config)
              .sort()
              .map((key) => `    ${key}: ${config[key]}\n`)
              .join("")}`
          : "",
      ),
    before: (step) => {
      if (step.op === "read" && isQuietRead(step)) {
        told("info", `read ${shownType(step.urn)} ${nameOf(step.urn)}`, root, true);
        return;
      }
      if (isQuietRead(step)) return;
      const row = begin(step);
      row.begun = Date.now();
      delete row.ended;
      row.step = step;
      show(row);
    },
    after: (step) => {
      if (isQuietRead(step)) return;
      const row = begin(step);
      const refreshed = row.step.op === "refresh";
      row.ended = Date.now();
      row.step = step;
      row.outputs.push(step);
      const { custom } = step.new ?? step.old!;
      if (refreshed || (!preview && custom && step.op !== "same")) show(row);
    },
    failed: (step) => {
      const row = rowOf(step.urn, step);
      row.failed = true;
      show(row);
    },
    diagnostic: (severity, message, urn, ephemeral) => {
      if (severity !== "debug") told(severity, message, urn ?? root, ephemeral ?? false);
    },
    summary: end,
  };
};
