export class LispError extends Error {}

/** Characters that a program may write, and that one value may be shown as. */
export const MOST_TEXT = 20_000;
const MOST_LENGTH = 100_000;

/** A symbol of the language. */
export class Name {
  constructor(readonly text: string) {}
}
export type Value = number | string | boolean | Name | Value[] | Procedure;
export type Procedure = (args: readonly Value[], depth: number) => Value;
export interface Scope {
  readonly names: Map<string, Value>;
  readonly outer?: Scope;
}
/** What one program has used up and written. */
export interface Run {
  steps: number;
  output: string;
}

/** A value that is no list, in one word. */
const atomText = (value: Exclude<Value, Value[]>, inside: boolean): string => {
  if (typeof value === "boolean") return value ? "#t" : "#f";
  if (typeof value === "string") return inside ? JSON.stringify(value) : value;
  if (value instanceof Name) return value.text;
  return typeof value === "function" ? "#<procedure>" : String(value);
};

/**
 * Lists may share their parts, so a value of thirty cells can print as a billion: what is written
 * is bounded, not what there is.
 */
export const show = (value: Value, inside = false, room = { left: MOST_TEXT }): string => {
  const text = Array.isArray(value) ? "()" : atomText(value, inside);
  room.left -= text.length;
  if (room.left < 0) throw new LispError("too much output");
  return Array.isArray(value) ? `(${value.map((item) => show(item, true, room)).join(" ")})` : text;
};

export const number = (value: Value | undefined): number => {
  if (typeof value !== "number")
    throw new LispError(`${value === undefined ? "nothing" : show(value, true)} is not a number`);
  return value;
};
export const list = (value: Value | undefined): Value[] => {
  if (!Array.isArray(value))
    throw new LispError(`${value === undefined ? "nothing" : show(value, true)} is not a list`);
  if (value.length > MOST_LENGTH) throw new LispError("the list is too long");
  return value;
};

export const symbol = (value: Value | undefined): string => {
  if (!(value instanceof Name)) throw new LispError("a name is needed");
  return value.text;
};
