import { randomBytes } from "node:crypto";

import { isList, isProps, mapProps, type Props, type Value } from "../../values/value";
import type { CheckFailure, Kind, Work } from "../provider";
import { bareProps, isAbsent } from "./convert";
import type { Schema } from "./kind";

/**
 * The bridge notes of each block which of its properties were filled in. Those of blocks never are.
 */
const noted = (value: Value): Value => {
  if (isList(value)) return value.map(noted);
  return isProps(value) ? { ...mapProps(value, noted), __defaults: [] } : value;
};

/** Whether the name was made up, by the bridge's own note. */
export const isNameMadeUp = (inputs: Props | undefined): boolean => {
  const defaults = inputs?.["__defaults"];
  return isList(defaults) && defaults.includes("name");
};

const freshName = ({ lowerCaseName }: Schema, longest: number, work: Work): string => {
  const random = randomBytes(4).toString("hex").slice(0, 7);
  const name = `${work.name.slice(0, longest - 8)}-${random}`;
  return lowerCaseName ? name.toLowerCase() : name;
};

/** Fills in what the program left out, and says what is missing. */
export const checkInputs =
  (schema: Schema): NonNullable<Kind["check"]> =>
  (given, old, work) => {
    const { autoName, defaults = {}, required, validate } = schema;
    const failures: readonly CheckFailure[] = [
      ...required
        .filter((key) => isAbsent(given[key]))
        .map((key) => ({ property: key, reason: "is required" })),
      ...(validate?.(given) ?? []),
    ];
    const inputs = { ...defaults, ...mapProps(bareProps(given), noted) };
    const byDefault = Object.keys(defaults).filter((key) => isAbsent(given[key]));
    if (autoName === undefined || inputs["name"] !== undefined)
      return { inputs: { ...inputs, __defaults: byDefault.sort() }, failures };
    const kept = isNameMadeUp(old) ? old?.["name"] : undefined;
    const name = kept ?? freshName(schema, autoName, work);
    return { inputs: { ...inputs, name, __defaults: [...byDefault, "name"].sort() }, failures };
  };
