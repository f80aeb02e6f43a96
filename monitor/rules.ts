import { validateHeaderName, validateHeaderValue } from "node:http";

import { cronOf } from "@second-server/contract/calendar";
import { messageOf } from "@second-server/contract/caught";
import { Cron } from "croner";

/** @returns what is wrong with the value, each problem with its place. */
export type Rule = (value: unknown, at: string) => readonly string[];
export type Fields = Readonly<Record<string, Rule>>;

/** A timer of Node's that waits for longer fires at once. */
const LONGEST_SECONDS = 1_000_000;

export const rule =
  (fits: (value: unknown) => boolean, problem: string): Rule =>
  (value, at) =>
    fits(value) ? [] : [`${at}: ${problem}`];

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && Boolean(value) && !Array.isArray(value);
const isWhole = (value: unknown, from: number, to: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;

export const text = rule(isText, "a text is needed");
export const flag = rule((value) => typeof value === "boolean", "true or false is needed");
export const url: Rule = (value, at) =>
  isText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? []
    : [`${at}: "${String(value)}" is not an http or https address`];
export const port = rule((value) => isWhole(value, 0, 65_535), "a port is needed");
export const status = rule((value) => isWhole(value, 100, 599), "a number such as 200 is needed");
export const count = rule(
  (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER),
  "a whole number is needed",
);
export const number = rule(
  (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  "a number is needed",
);
export const positive = rule(
  (value) => typeof value === "number" && value > 0 && value <= LONGEST_SECONDS,
  `has to be more than 0 and at most ${LONGEST_SECONDS}`,
);

export const oneOf =
  (...words: readonly string[]): Rule =>
  (value, at) =>
    isText(value) && words.includes(value)
      ? []
      : [`${at}: "${String(value)}" is not one of ${words.join(", ")}`];

export const optional =
  (of: Rule): Rule =>
  (value, at) =>
    value === undefined ? [] : of(value, at);

export const listOf =
  (of: Rule): Rule =>
  (value, at) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => of(item, `${at}.${index}`))
      : [`${at}: a list is needed`];

/** An object used as a table: its names are data, too. */
export const recordOf =
  (name: Rule, of: Rule, most: number): Rule =>
  (value, at) => {
    if (!isObject(value)) return [`${at}: an object is needed`];
    const entries = Object.entries(value);
    if (entries.length > most) return [`${at}: more than ${most} entries`];
    return entries.flatMap(([key, content]) => [
      ...name(key, `${at}.${key.slice(0, 40)}`),
      ...of(content, `${at}.${key.slice(0, 40)}`),
    ]);
  };

export const shape =
  (fields: Fields): Rule =>
  (value, at) =>
    isObject(value)
      ? Object.entries(fields).flatMap(([key, of]) =>
          of(value[key], at === "" ? key : `${at}.${key}`),
        )
      : [at === "" ? "not a JSON object" : `${at}: an object is needed`];

/** A text that something else has to understand. */
const understood =
  (understand: (text: string) => unknown): Rule =>
  (value, at) => {
    if (!isText(value)) return [`${at}: a text is needed`];
    try {
      understand(value);
      return [];
    } catch (error) {
      return [`${at}: ${messageOf(error)}`];
    }
  };

export const regex = understood((source) => new RegExp(source, "u"));
export const cron = understood((pattern) => new Cron(pattern).nextRun());
/** As cron or as systemd writes it. */
export const calendar = understood((pattern) => new Cron(cronOf(pattern)).nextRun());
export const instant = rule(
  (value) => isText(value) && !Number.isNaN(Date.parse(value)),
  "an instant is needed",
);

export const headers: Rule = (value, at) => {
  if (!isObject(value)) return [`${at}: an object is needed`];
  return Object.entries(value).flatMap(([name, content]) =>
    understood((text) => {
      validateHeaderName(name);
      validateHeaderValue(name, text);
    })(content === "" ? " " : content, `${at}.${name}`),
  );
};
