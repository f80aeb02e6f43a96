import type { Op, Step, Summary } from "../events/events";
import { STACK_TYPE, typeOf } from "../urn";
import { type Props, Unknown } from "../values/value";
import { propertyText } from "./changes";
import { type Change, diffOf, type Diffs, keysOf } from "./object-diff";
import { COUNTED, SIGNS, WORDS } from "./ops";
import { as, named, type Place, type Style, widthOf } from "./place";
import { isTelling, objectText } from "./values";

/** "Resources:" and what follows, as the CLI ends every operation. */
export const summaryText = ({ changes, preview, seconds }: Summary, errored: number): string => {
  const counted = COUNTED.filter((op) => (changes[op] ?? 0) > 0);
  const lines = counted.map(
    (op) => `    ${SIGNS[op]}${changes[op]} ${preview ? `to ${op}` : WORDS[op].counted}`,
  );
  const total = counted.reduce((sum, op) => sum + changes[op]!, 0);
  const pieces = [
    ...(counted.length > 1 ? [`${total} changes`] : []),
    ...(changes["same"] ? [`${changes["same"]} unchanged`] : []),
  ];
  const duration = Math.ceil(seconds);
  const shown = [
    duration >= 3600 ? `${Math.floor(duration / 3600)}h` : "",
    duration >= 60 ? `${Math.floor((duration % 3600) / 60)}m` : "",
    `${duration % 60}s`,
  ].join("");
  return [
    "Resources:",
    ...lines,
    ...(pieces.length > 0 ? [`    ${pieces.join(". ")}`] : []),
    ...(errored > 0 ? [`    ${errored} errored`] : []),
    ...(preview ? [] : ["", `Duration: ${shown}`]),
    "",
  ].join("\n");
};

const isStack = (urn: string): boolean => typeOf(urn) === STACK_TYPE;
const COMPLETE: readonly Op[] = ["read", "read-replacement", "import", "import-replacement"];

/** In a preview, an output that is not known yet is no news. */
const withoutUnknown = (diffs: Diffs): Diffs | null => {
  const updates = new Map<string | number, Change>();
  for (const [key, change] of diffs.updates) {
    const inner = change.inner && withoutUnknown(change.inner);
    if (!(change.now instanceof Unknown) && inner !== null)
      updates.set(key, { ...change, ...(inner ? { inner } : {}) });
  }
  return diffs.adds.size + diffs.deletes.size + updates.size + diffs.sames.size > 0
    ? { ...diffs, updates }
    : null;
};
/**
 * A step's outputs that its inputs do not say already; where there were some before, what has
 * become different.
 */
export const outputsText = (
  step: Step,
  indent: number,
  planning: boolean,
  refreshed: boolean,
  showSames: boolean,
  style: Style,
): string => {
  const stack = isStack(step.urn);
  const all = showSames || (stack && !planning);
  if (planning && !refreshed && !stack && !COMPLETE.includes(step.op)) return "";
  if (step.old?.initErrors?.length) return "";
  const now: Props = step.new?.outputs ?? {};
  const given: Props = step.new?.inputs ?? {};
  const place: Place = { indent, op: step.op, signed: false, style };
  if (!step.old) {
    const keys = Object.keys(now)
      .filter((key) => !key.startsWith("__"))
      .sort();
    return objectText(
      place,
      now,
      keys.filter((each) => isTelling(now[each]!) && !repeats(given, now, each)),
      widthOf(keys),
    );
  }
  const found = diffOf(step.old.outputs, now);
  if (!found && !all) return "";
  const diffs = found ?? {
    adds: new Map(),
    deletes: new Map(),
    updates: new Map(),
    sames: new Map(Object.entries(now).filter(([key]) => !key.startsWith("__"))),
  };
  const shown = planning && stack ? withoutUnknown(diffs) : diffs;
  if (!shown) return "";
  const keys = keysOf(shown).map(String);
  const told = keys.filter(
    (key) => (refreshed || !repeats(given, now, key)) && (all || !shown.sames.has(key)),
  );
  return told
    .map((key) => propertyText(as(place, "same", false), named(key, widthOf(keys)), shown, key))
    .join("");
};

const repeats = (given: Props, now: Props, key: string): boolean =>
  given[key] !== undefined &&
  now[key] !== undefined &&
  diffOf({ it: given[key] }, { it: now[key] }) === null;
