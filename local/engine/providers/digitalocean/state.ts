import { omit } from "../../omit";
import {
  isList,
  isProps,
  mapProps,
  type Props,
  same,
  UNKNOWN,
  type Value,
} from "../../values/value";
import type { Existing } from "../provider";
import { bareProps, isAbsent, isNote } from "./convert";
import { comparable, hashText } from "./difference";
import type { Schema } from "./kind";

const rank = (value: Value): string => {
  if (!isProps(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return JSON.stringify(keys.map((key) => value[key]));
};
const byRank = (a: Value, b: Value): number => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return rank(a) < rank(b) ? -1 : 1;
};
/**
 * Terraform's order of a set: texts by their letters, blocks by those of their properties, one
 * after another.
 */
const inOrder = (value: Value): Value =>
  isList(value)
    ? value.map((item) => (isProps(item) ? mapProps(item, inOrder) : item)).sort(byRank)
    : value;

export const stateOf = (schema: Schema, view: Props, inputs: Props): Props => {
  const given = mapProps(bareProps(inputs), (value, key) =>
    schema.hashed?.includes(key) ? hashText(value) : value,
  );
  const isNothing = (key: string, value: Value): boolean =>
    schema.zeros?.[key] === null &&
    given[key] === undefined &&
    (value === "" || (isList(value) && value.length === 0));
  const told = Object.fromEntries(
    Object.entries(view).filter(([key, value]) => !isNothing(key, value)),
  );
  const all = {
    ...schema.zeros,
    ...schema.defaults,
    ...given,
    ...(schema.meta ? { __meta: schema.meta } : {}),
    ...told,
  };
  return mapProps(all, (value, key) => (schema.sets?.includes(key) ? inOrder(value) : value));
};

/** The state after a creation or an update. */
export const settledState = (schema: Schema, id: string, view: Props, inputs: Props): Props => {
  const given = (schema.shared ?? []).filter((key) => !isAbsent(inputs[key]));
  return stateOf(schema, { ...omit(view, ...given), id }, inputs);
};

/** The bridge's notes on its own encoding. */
const RAW_STATE = "__pulumi_raw_state_delta";

/**
 * The state after a look at the API: where it says the same in other words or another order, the
 * old words stay.
 */
export const refreshedState = (schema: Schema, old: Props, view: Props): Props => {
  const isWhatWas = (key: string, value: Value, was: Value): boolean =>
    (was === null && value === "") ||
    same(comparable(schema, key, value), comparable(schema, key, was));
  const now = mapProps(view, (value, key) => {
    const was = old[key];
    return was !== undefined && isWhatWas(key, value, was) ? was : value;
  });
  const state: Props = { ...old, ...now };
  // Those notes describe values that are no longer there.
  return same(state, old) ? old : omit(state, RAW_STATE);
};

/**
 * Inputs as the API has them now; where it says the same in other words, the program's words stay.
 */
export const refreshedInputs = (schema: Schema, old: Existing, state: Props): Props =>
  mapProps(old.inputs, (value, key) => {
    const now = state[key];
    if (isNote(key) || isAbsent(now) || schema.hashed?.includes(key)) return value;
    return same(comparable(schema, key, value), comparable(schema, key, now)) ? value : now;
  });

export const importedInputs = ({ hashed, outputs }: Schema, state: Props): Props => {
  const isInput = (key: string, value: Value): boolean =>
    !isNote(key) &&
    key !== "id" &&
    !isAbsent(value) &&
    !outputs?.includes(key) &&
    !hashed?.includes(key);
  const inputs = Object.entries(state).filter(([key, value]) => isInput(key, value));
  return { ...Object.fromEntries(inputs), __defaults: [] };
};

const unknown = (keys: readonly string[]): Props =>
  Object.fromEntries(keys.map((key) => [key, UNKNOWN]));

/** What can be told before anything is done. */
export const previewedState = (schema: Schema, inputs: Props, old?: Existing): Props => {
  if (old) {
    const wanted = stateOf({ ...schema, zeros: {} }, {}, inputs);
    return { ...old.outputs, ...wanted, ...unknown(schema.volatile ?? []) };
  }
  const decided = [...(schema.outputs ?? []), ...(schema.computed ?? [])];
  const open = decided.filter((key) => inputs[key] === undefined);
  return { ...stateOf(schema, {}, inputs), ...unknown(open) };
};
