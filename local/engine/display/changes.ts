import type { Op } from "../events/events";
import { Archive, Asset, isList, isProps, Secret, type Source, type Value } from "../values/value";
import { type Change, type Diffs, diffOf, keysOf } from "./object-diff";
import {
  as,
  bareMargin,
  deeper,
  margin,
  named,
  type Place,
  type Title,
  UNTITLED,
  widthOf,
} from "./place";
import { diffLines, type Piece } from "./text-diff";
import {
  decoded,
  isPrimitive,
  isTelling,
  kindOf,
  lineText,
  primitiveText,
  quote,
  short,
  shortened,
} from "./values";

const arrow = (old: string, now: string): string => (old === now ? old : `${old}->${now}`);
const whole = (place: Place, op: Op, title: Title, value: Value): string =>
  `${title(as(place, op))}${lineText(as(place, op), value)}`;

/** Lines that stay the same are shown next to a change only. */
const CONTEXT = 2;
const pieceText = (place: Place, { kind, lines }: Piece, first: boolean, last: boolean): string => {
  const at =
    kind === "same" ? as(place, "same", false) : as(place, kind === "add" ? "create" : "delete");
  const told = lines.filter((each) => each.trim() !== "");
  const show = (some: readonly string[]): string =>
    some.map((each) => `${margin(at)}${shortened(place, each)}\n`).join("");
  if (kind !== "same" || told.length <= (first || last ? CONTEXT : 2 * CONTEXT) + 1)
    return show(told);
  return `${first ? "" : show(told.slice(0, CONTEXT))}${bareMargin(place)}...\n${last ? "" : show(told.slice(-CONTEXT))}`;
};
const linesText = (place: Place, old: string, now: string): string => {
  const pieces = diffLines(old.split("\n"), now.split("\n"));
  return `\n${pieces.map((piece, index) => pieceText(place, piece, index === 0, index === pieces.length - 1)).join("")}`;
};

/** Undefined: not two lists, nor two objects. Null: nothing differs. */
const diffInside = (old: Value, now: Value): Diffs | null | undefined =>
  (isList(old) && isList(now)) || (isProps(old) && isProps(now)) ? diffOf(old, now) : undefined;

const textChange = (place: Place, old: string, now: string): string => {
  const [was, is] = [decoded(old), decoded(now)];
  if (!was || !is)
    return old.includes("\n") || now.includes("\n")
      ? linesText(deeper(place), old, now)
      : `${quote(old)} => ${quote(now)}\n`;
  const inner = diffInside(was.value, is.value);
  if (inner === null) return textChange(place, quote(old), quote(now));
  return (
    `(${was.kind === is.kind ? was.kind : `${was.kind} => ${is.kind}`}) ` +
    `${changeText(place, UNTITLED, { old: was.value, now: is.value, ...(inner ? { inner } : {}) })}`
  );
};

type Members = Readonly<Record<string, Asset | Archive>>;
const membersText = (place: Place, before: Members, after: Members): string => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((name) => {
      const [old, now] = [before[name], after[name]];
      const label = named(`"${name}"`, widthOf(names) + 2);
      if (!now) return old ? whole(deeper(place, 2), "delete", label, old) : "";
      if (!old) return whole(deeper(place, 2), "create", label, now);
      return old.hash === now.hash ? "" : sourceChange(deeper(place), label, old, now);
    })
    .join("");
};

const placeOf = ({ path, uri }: Source): string => path ?? uri ?? "";
const membersOf = (one: Asset | Archive): Members =>
  one instanceof Archive ? (one.assets ?? {}) : {};

const sourceChange = (
  place: Place,
  title: Title,
  old: Asset | Archive,
  now: Asset | Archive,
): string => {
  const [was, is] = [kindOf(old.source), kindOf(now.source)];
  if (old.constructor !== now.constructor || was !== is || was === "text")
    return whole(place, "delete", title, old) + whole(place, "create", title, now);
  const head = `${title(place)}${old instanceof Asset ? "asset" : "archive"}(${was}:${arrow(short(old.hash), short(now.hash))})`;
  if (was !== "assets") return `${head} { ${arrow(placeOf(old.source), placeOf(now.source))} }\n`;
  return `${head} {\n${membersText(place, membersOf(old), membersOf(now))}${bareMargin(place)}}\n`;
};

/** What differs inside two lists, or two objects. */
const innerChange = (place: Place, title: Title, inner: Diffs): string => {
  const keys = keysOf(inner);
  if (!keys.some((key) => typeof key === "number"))
    return `${title(place)}{\n${diffsText(deeper(place), inner)}${bareMargin(place)}}\n`;
  const index =
    (key: string | number): Title =>
    (each) =>
      `${margin(deeper(each, -1))}[${key}]: `;
  return (
    `${title(place)}[\n` +
    `${keys.map((key) => propertyText(deeper(place, 2), index(key), inner, key, false)).join("")}${bareMargin(place)}]\n`
  );
};

/** Where secrets are shown, what differs inside them. Null: they differ in being secret alone. */
const revealed = ({ old, now }: Change): Change | null => {
  const was = old instanceof Secret ? old.value : old;
  const is = now instanceof Secret ? now.value : now;
  const inner = diffInside(was, is);
  return inner === null ? null : { old: was, now: is, ...(inner ? { inner } : {}) };
};

const changeText = (from: Place, title: Title, change: Change): string => {
  const place = as(from, "update");
  const { old, now, inner } = change;
  const bare =
    place.style.showSecrets && (old instanceof Secret || now instanceof Secret)
      ? revealed(change)
      : null;
  if (bare) return changeText(place, title, bare);
  if (inner) return innerChange(place, title, inner);
  if (isTelling(old) && isTelling(now)) {
    if (old instanceof Archive && now instanceof Archive)
      return sourceChange(place, title, old, now);
    if (typeof old === "string" && typeof now === "string")
      return `${title(place)}${textChange(place, old, now)}`;
    if (isPrimitive(old) && isPrimitive(now))
      return `${title(place)}${primitiveText(place, old)} => ${primitiveText(place, now)}\n`;
  }
  return `${isTelling(old) ? whole(place, "delete", title, old) : ""}${isTelling(now) ? whole(place, "create", title, now) : ""}`;
};

/**
 * What has become of one property. `tellingOnly`: nothing of one that is as it was and says
 * nothing.
 */
export const propertyText = (
  place: Place,
  title: Title,
  all: Diffs,
  key: string | number,
  tellingOnly = true,
): string => {
  const [added, deleted, updated, kept] = [
    all.adds.get(key),
    all.deletes.get(key),
    all.updates.get(key),
    all.sames.get(key),
  ];
  if (added !== undefined) return whole(place, "create", title, added);
  if (deleted !== undefined) return whole(place, "delete", title, deleted);
  if (updated) return changeText(place, title, updated);
  if (kept === undefined || (tellingOnly && !isTelling(kept))) return "";
  return `${title(as(place, "same", false))}${lineText(as(place, "same", false), kept)}`;
};

export const diffsText = (place: Place, all: Diffs, keys = keysOf(all)): string =>
  keys.map((key) => propertyText(place, named(String(key), widthOf(keys)), all, key)).join("");
