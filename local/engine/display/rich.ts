import { PREFIX, type Sink, type Step } from "../events/events";
import type { Resource } from "../state/resource";
import { isUnknownId, nameOf, splitProvider, STACK_TYPE, typeOf } from "../urn";
import { diffsText } from "./changes";
import { configurationText } from "./configuration";
import { diffOf, keysOf, translated } from "./object-diff";
import { SIGNS } from "./ops";
import type { DisplayOptions } from "./options";
import { as, type Place } from "./place";
import { isShown } from "./shown";
import { outputsText, summaryText } from "./summary";
import { objectText } from "./values";

const resourceOf = ({ old, new: now }: Step): Resource => (now ?? old)!;
const isStack = ({ urn }: Step): boolean => typeOf(urn) === STACK_TYPE;
const LOCK = " 🔒";
const UNLOCKED = " 🔓";

const lockOf = ({ old, new: now }: Step): string => {
  if (now && !now.protect && old?.protect) return UNLOCKED;
  return now?.protect || old?.protect ? LOCK : "";
};

const providerLine = ({ old, new: now }: Step): string | null => {
  const reference = (now ?? old)?.provider;
  if (!reference) return null;
  if (old && now && old.provider !== now.provider && now.provider) {
    const { urn, id } = splitProvider(now.provider);
    return `[provider: ${old.provider} => ${isUnknownId(id) ? `${urn}::[unknown]` : now.provider}]`;
  }
  return nameOf(splitProvider(reference).urn) === "default" ? null : `[provider=${reference}]`;
};

const headOf = (step: Step, indent: number): string => {
  const within = "    ".repeat(indent + 1);
  const retained =
    step.old?.retainOnDelete &&
    ["delete", "replace", "create-replacement", "delete-replaced"].includes(step.op)
      ? "[retain]"
      : "";
  const provider = providerLine(step);
  return [
    `${"    ".repeat(indent)}${SIGNS[step.op]}${resourceOf(step).type}: (${step.op}${retained})${lockOf(step)}`,
    ...(step.old?.id ? [`${within}[id=${step.old.id}]`] : []),
    `${within}[urn=${step.urn}]`,
    ...(provider ? [`${within}${provider}`] : []),
    "",
  ].join("\n");
};

/** What the step does to the properties. */
const bodyOf = (
  step: Step,
  indent: number,
  refreshed: boolean,
  options: DisplayOptions,
): string => {
  const { op, old, new: now, detailed, diffs } = step;
  if (op === "same") return "";
  const place: Place = { indent, op: "same", signed: true, style: options };
  if (old && now && detailed && Object.keys(detailed).length > 0)
    return diffsText(place, translated(step, refreshed));
  if (!old || !now) {
    const { inputs, outputs } = resourceOf(step);
    return objectText(
      as(place, op, false),
      now && Object.keys(outputs).length > 0 ? outputs : inputs,
    );
  }
  const byOutputs = Object.keys(now.outputs).length > 0 && !op.startsWith("import");
  const found = byOutputs ? diffOf(old.outputs, now.outputs) : diffOf(old.inputs, now.inputs);
  if (!found) return objectText(place, byOutputs ? now.outputs : now.inputs);
  return diffsText(
    place,
    found,
    byOutputs || !diffs?.length
      ? keysOf(found)
      : keysOf(found).filter((key) => diffs.includes(String(key))),
  );
};

/** One step to the right for each resource above it that is shown. */
const indentBelow = (
  seen: ReadonlyMap<string, Step>,
  step: Step,
  options: DisplayOptions,
): number => {
  const above = seen.get(resourceOf(step).parent ?? "");
  if (!above) return 0;
  const isIndented = isStack(above) || isShown(above, options, true);
  return indentBelow(seen, above, options) + (isIndented ? 1 : 0);
};

/** The CLI's `--diff`: each step with its properties. What is said goes to stderr. */
export const richDisplay = (
  options: DisplayOptions,
  write: (text: string) => void,
  complain: (text: string) => void,
): Sink => {
  const seen = new Map<string, Step>();
  let errored = 0;
  const indentOf = (step: Step): number => indentBelow(seen, step, options);
  const whole = (step: Step, refreshed: boolean): string =>
    headOf(step, indentOf(step)) + bodyOf(step, indentOf(step) + 1, refreshed, options);
  return {
    prelude: (config) => {
      if (options.showConfig) write(configurationText(config));
    },
    before: (step) => {
      seen.set(step.urn, step);
      if (
        step.op !== "refresh" &&
        step.op !== "import" &&
        (isShown(step, options, true) || isStack(step))
      )
        write(whole(step, false));
    },
    after: (step, planning) => {
      if (!isShown(step, options, true) && !isStack(step)) return;
      const refreshed = seen.get(step.urn)?.op === "refresh";
      if (step.op === "import" || (refreshed && step.op === "update")) {
        write(whole(step, refreshed));
        return;
      }
      const indent = indentOf(step);
      const outputs = outputsText(
        step,
        indent + 1,
        planning,
        refreshed,
        options.showSames,
        options,
      );
      if (refreshed && (step.op !== "refresh" || outputs !== "" || isStack(step)))
        write(headOf(step, indent));
      if (!options.suppressOutputs && outputs !== "")
        write(`${"    ".repeat(indent + 1)}--outputs:--\n${outputs}`);
    },
    failed: () => {
      errored += 1;
    },
    diagnostic: (severity, message) => {
      if (severity !== "debug") complain(`${PREFIX[severity]}${message.replace(/\n?$/, "\n")}`);
    },
    summary: (summary) => write(summaryText(summary, errored)),
  };
};
