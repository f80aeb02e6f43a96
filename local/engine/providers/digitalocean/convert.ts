import { isList, isProps, mapProps, type Props, same, type Value } from "../../values/value";

/** What the API says: parts of it may be missing. */
export type Told = Readonly<Record<string, Value | undefined>>;

export const isAbsent = (value: Value | undefined): value is null | undefined =>
  value === undefined || value === null;

/** The provider's own notes ("__defaults", "__meta") among the properties. */
export const isNote = (key: string): boolean => key.startsWith("__");

/** Without the parts that are not there. */
export const present = (told: Told): Props => {
  const props: Record<string, Value> = {};
  for (const [key, value] of Object.entries(told)) if (value !== undefined) props[key] = value;
  return props;
};

const isScalar = (value: Value | undefined): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

export const optionalText = (value: Value | undefined): string | undefined =>
  isScalar(value) ? String(value) : undefined;
export const optionalNumber = (value: Value | undefined): number | undefined =>
  isScalar(value) ? Number(value) : undefined;
export const optionalFlag = (value: Value | undefined): boolean | undefined =>
  isScalar(value) ? String(value) === "true" : undefined;

export const toText = (value: Value | undefined): string => optionalText(value) ?? "";
export const toNumber = (value: Value | undefined): number => optionalNumber(value) ?? 0;
export const toTexts = (value: Value | undefined): readonly string[] =>
  isList(value) ? value.map(toText) : [];

/** Without nulls and the provider's notes, here and below. */
export const bareProps = (inputs: Props): Props =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([key, value]) => !isNote(key) && value !== null)
      .map(([key, value]) => [key, withoutNotes(value)]),
  );
const withoutNotes = (value: Value): Value => {
  if (isList(value)) return value.map(withoutNotes);
  return isProps(value) ? bareProps(value) : value;
};

/** Numbers, booleans and their texts are one to the provider's schema. */
export const loose = (value: Value): Value => {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (isList(value)) return value.map(loose);
  return isProps(value) ? mapProps(bareProps(value), loose) : value;
};

export const isSame = (a: Value | undefined, b: Value | undefined): boolean =>
  same(isAbsent(a) ? undefined : loose(a), isAbsent(b) ? undefined : loose(b));

/** As Go prints a UTC time: "2026-11-21 15:38:26 +0000 UTC". */
export const goTime = (time: string): string =>
  `${time.replace("T", " ").replace(/Z$/, "")} +0000 UTC`;

/**
 * A UTC time to the tenth of a millisecond and a counter: what the provider ends its made-up ids
 * with.
 */
export const uniqueSuffix = (): string =>
  `${new Date().toISOString().replace(/\D/g, "")}${Math.floor((performance.now() % 1) * 10)}00000001`;
