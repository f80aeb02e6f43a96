import { serviceUnit } from "@second-server/contract/names";
import {
  type FaultKind,
  type FaultOption,
  faultKinds,
  type FaultRequest,
  faultRequest,
} from "@second-server/local-cloud";

import { cannotRun } from "./errors";

/** The options of `fault inject`, as commander hands them over. */
export type FaultOptions = Readonly<Record<string, unknown>>;

type Raw = Readonly<Record<string, unknown>>;

/** "--retry-after <seconds>" is typed as --retry-after and handed over as retryAfter. */
const typed = ({ flag }: FaultOption): string => flag.split(" ")[0] ?? flag;
const nameOf = (option: FaultOption): string =>
  typed(option)
    .slice(2)
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const textOf = (options: FaultOptions, option: FaultOption): string | undefined => {
  const text = options[nameOf(option)];
  return typeof text === "string" ? text : undefined;
};

const numberFrom = (option: FaultOption, text: string | undefined): number => {
  const value = Number(text);
  if (text === undefined || text.trim() === "" || !Number.isFinite(value))
    throw cannotRun(`fleet fault: ${typed(option)} is needed, with a number.`);
  return value;
};

const wordFrom = (option: FaultOption, text: string, words: readonly string[]): string => {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found === undefined)
    throw cannotRun(`fleet fault: ${typed(option)} ${text}: choose one of: ${words.join(", ")}.`);
  return found;
};

type IdOf = (name: string) => Promise<number>;

const valueFrom = async (option: FaultOption, text: string, idOf: IdOf): Promise<unknown> => {
  switch (option.takes) {
    case "number":
      return numberFrom(option, text);
    case "machine":
      return idOf(text);
    case "unit":
      return text.includes(".") ? text : serviceUnit(text);
    case "text":
      return text;
    default:
      return wordFrom(option, text, option.takes);
  }
};

const checkWords = (kind: FaultKind, machine: string | undefined, options: FaultOptions): void => {
  const { name, doneTo } = kind;
  if (doneTo === "machine" && machine === undefined)
    throw cannotRun(
      `fleet fault: ${name} is done to a machine: ./fleet fault inject ${name} MACHINE`,
    );
  if (doneTo === "cloud" && machine !== undefined)
    throw cannotRun(`fleet fault: ${name} is no single machine's: leave out "${machine}".`);
  const own = kind.options.map(typed);
  for (const option of faultKinds.flatMap((one) => one.options)) {
    if (textOf(options, option) === undefined || own.includes(typed(option))) continue;
    throw cannotRun(
      `fleet fault: ${name} takes no ${typed(option)}${own.length ? `; it takes ${own.join(", ")}` : ""}.`,
    );
  }
};

const fieldsFrom = async (kind: FaultKind, options: FaultOptions, idOf: IdOf): Promise<Raw> => {
  const fields: Record<string, unknown> = {};
  for (const option of kind.options) {
    const text = textOf(options, option);
    if (text !== undefined) fields[option.field] = await valueFrom(option, text, idOf);
    else if (option.required) numberFrom(option, text);
  }
  return fields;
};

/** The fault's body for the API; `idOf` turns a machine's name into its droplet. */
export const faultOf = async (
  name: string,
  machine: string | undefined,
  options: FaultOptions,
  idOf: IdOf,
): Promise<FaultRequest> => {
  const kind = faultKinds.find((one) => one.name === name);
  if (!kind)
    throw cannotRun(
      `fleet fault: there is no fault "${name}". Choose one of: ${faultKinds.map((one) => one.name).join(", ")}.`,
    );
  checkWords(kind, machine, options);
  const parsed = faultRequest.safeParse({
    kind: name,
    ...(machine === undefined ? {} : { dropletId: await idOf(machine) }),
    ...(await fieldsFrom(kind, options, idOf)),
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length ? `${path.join(".")}: ${message}` : message,
  );
  throw cannotRun(`fleet fault: ${name}: ${problems.join("; ")}.`);
};

/** Every option once, and which kinds it belongs to. */
export const faultFlags = (): { readonly flag: string; readonly help: string }[] => {
  const options = faultKinds.flatMap(({ name, options: own }) =>
    own.map((option) => ({ name, option })),
  );
  return [...new Set(options.map(({ option }) => option.flag))].map((flag) => {
    const same = options.filter(({ option }) => option.flag === flag);
    const kinds = same.map(({ name }) => name).join(", ");
    return { flag, help: `${kinds}: ${same[0]?.option.help ?? ""}` };
  });
};

/** A fault's options as they are listed: all but the machines that it names. */
export const figuresOf = (fault: FaultRequest): string => {
  const values = new Map<string, unknown>(Object.entries(fault));
  const kind = faultKinds.find((one) => one.name === fault.kind);
  return (kind?.options ?? [])
    .filter(({ field, takes }) => takes !== "machine" && values.has(field))
    .map(({ field }) => `${field} ${String(values.get(field))}`)
    .join(", ");
};

/** The kinds, one to a line, for the command's help. */
export const kindLines = (doneTo: FaultKind["doneTo"]): string[] =>
  faultKinds
    .filter((kind) => kind.doneTo === doneTo)
    .map(({ name, help }) => `  ${name.padEnd(12)} ${help}`);
