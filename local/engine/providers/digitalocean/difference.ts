import { createHash } from "node:crypto";

import { omit } from "../../omit";
import { isList, isProps, type Props, type Value } from "../../values/value";
import { detailedDiff, markReplaces } from "../diff";
import type { DetailedDiff, Difference, Existing, PropertyDiff } from "../provider";
import { isNameMadeUp } from "./check";
import { isAbsent, isNote, loose } from "./convert";
import type { Schema } from "./kind";

export const hashText = (value: Value): Value =>
  typeof value === "string" ? createHash("sha1").update(value).digest("hex") : value;

const byJson = (a: Value, b: Value): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const isEmpty = (value: Value): boolean => value === "" || (isList(value) && value.length === 0);

const sortedSet = (value: Value): Value =>
  isList(value) ? value.map(sortedInside).sort(byJson) : value;
const sortedInside = (value: Value): Value => {
  if (isList(value)) return value.map(sortedInside);
  if (!isProps(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !isEmpty(item))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedSet(item)]),
  );
};

/** A property in the form in which two that mean the same are equal. */
export const comparable = (
  schema: Pick<Schema, "sets" | "trimmed">,
  key: string,
  value: Value | undefined,
): Value | undefined => {
  if (isAbsent(value) || (isList(value) && value.length === 0)) return undefined;
  const isTrimmed = schema.trimmed?.includes(key) && typeof value === "string";
  const plain = isTrimmed ? value.trim() : loose(value);
  return schema.sets?.includes(key) ? sortedSet(plain) : sortedInside(plain);
};

/**
 * What has come to a set and what has gone from it, by the places of the elements in the two lists.
 */
const setDiff = (
  schema: Schema,
  key: string,
  old: Value | undefined,
  now: Value | undefined,
): DetailedDiff => {
  const asSet = { ...schema, sets: [key] };
  const texts = (value: Value | undefined): string[] =>
    isList(value) ? value.map((item) => JSON.stringify(comparable(asSet, key, [item]))) : [];
  const [was, is] = [texts(old), texts(now)];
  const found: Record<string, PropertyDiff> = {};
  was.forEach((item, index) => {
    if (!is.includes(item)) found[`${key}[${index}]`] = { diffKind: "delete", inputDiff: true };
  });
  is.forEach((item, index) => {
    if (was.includes(item)) return;
    const place = `${key}[${index}]`;
    found[place] = { diffKind: found[place] ? "update" : "add", inputDiff: true };
  });
  return found;
};

type Pair = readonly [old: Value | undefined, now: Value | undefined];

/** One property of the state and of what is wanted; undefined where there is nothing to compare. */
const pairOf = (schema: Schema, key: string, old: Existing, wanted: Props): Pair | undefined => {
  const hashed = schema.hashed?.includes(key) ?? false;
  const asKept = (value: Value | undefined): Value | undefined =>
    hashed && value !== undefined ? hashText(value) : value;
  const value = wanted[key] ?? schema.defaults?.[key] ?? schema.zeros?.[key] ?? undefined;
  if (value === undefined && schema.computed?.includes(key)) return undefined;
  if (schema.alike?.(key, old.outputs[key], value, wanted)) return undefined;
  const state = key in old.outputs ? old.outputs[key] : asKept(old.inputs[key]);
  return [comparable(schema, key, state), comparable(schema, key, asKept(value))];
};

/** As the bridge does it: the wanted inputs against the state, property by property. */
export const difference = (schema: Schema, old: Existing, wanted: Props): Difference => {
  const before: Record<string, Value> = {};
  const now: Record<string, Value> = {};
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(old.inputs)])) {
    const [was, is] = (isNote(key) ? undefined : pairOf(schema, key, old, wanted)) ?? [];
    if (was !== undefined) before[key] = was;
    if (is !== undefined) now[key] = is;
  }
  const sets = schema.sets?.filter((key) => isList(before[key]) || isList(now[key])) ?? [];
  const detailed: Record<string, PropertyDiff> = {
    ...detailedDiff(omit(before, ...sets), omit(now, ...sets)),
  };
  for (const key of sets)
    Object.assign(detailed, setDiff(schema, key, old.outputs[key] ?? old.inputs[key], wanted[key]));
  const replacing = (root: string): boolean =>
    (schema.replaces?.includes(root) || schema.replacesWhen?.(root, before, now)) ?? false;
  const found = markReplaces(detailed, replacing);
  const hasFixedName = schema.autoName !== undefined && !isNameMadeUp(wanted);
  return found.replaces.length > 0 && hasFixedName
    ? { ...found, deleteBeforeReplace: true }
    : found;
};
