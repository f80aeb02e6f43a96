import { parseAllDocuments } from "yaml";

import {
  Archive,
  Asset,
  isList,
  isProps,
  type Props,
  Reference,
  Secret,
  type Source,
  Unknown,
  type Value,
} from "../values/value";
import { bareMargin, deeper, margin, named, type Place, STEP, widthOf } from "./place";

const MOST_LINES = 3;
const MOST_CHARACTERS = 150;

export const quote = (text: string): string =>
  JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");

export const shortened = ({ style }: Place, text: string): string => {
  if (style.showFull) return text;
  const lines = text
    .split("\n")
    .map((line, index) =>
      index < MOST_LINES && line.length > MOST_CHARACTERS
        ? `${line.slice(0, MOST_CHARACTERS)}...`
        : line,
    );
  return lines.length > MOST_LINES
    ? `${lines.slice(0, MOST_LINES).join("\n")}\n...`
    : lines.join("\n");
};

type Primitive = null | boolean | number | string | Unknown | Secret;
export const isPrimitive = (value: Value): value is Primitive =>
  value === null ||
  typeof value !== "object" ||
  value instanceof Unknown ||
  value instanceof Secret;

export interface Decoded {
  readonly kind: "json" | "yaml";
  readonly value: Value;
}
/** JSON, or YAML of more than one line, inside a text is shown as what it says. */
export const decoded = (text: string): Decoded | null => {
  const accept = (kind: Decoded["kind"], value: unknown) =>
    typeof value === "object" && value !== null ? { kind, value: value as Value } : null;
  const trimmed = text.trim();
  try {
    return accept("json", JSON.parse(trimmed));
  } catch {
    /* not JSON: the YAML below has a say */
  }
  if (!/[\r\n]/.test(trimmed)) return null;
  const documents = parseAllDocuments(trimmed);
  if (!Array.isArray(documents) || documents.length !== 1 || documents[0]!.errors.length > 0)
    return null;
  try {
    return accept("yaml", documents[0]!.toJS({ mapAsMap: false }));
  } catch {
    return null;
  }
};

export const primitiveText = (place: Place, value: Primitive): string => {
  if (value === null) return "<null>";
  if (value instanceof Unknown) return "[unknown]";
  if (value instanceof Secret) return "[secret]";
  if (typeof value !== "string") return String(value);
  const inside = decoded(value);
  return inside
    ? `(${inside.kind}) ${lineText(place, inside.value)}`
    : quote(shortened(place, value));
};

export const short = (hash: string): string => hash.slice(0, 7);
export const kindOf = ({ path, uri, text }: Source): "file" | "uri" | "text" | "assets" => {
  if (path !== undefined) return "file";
  if (uri !== undefined) return "uri";
  return text === undefined ? "assets" : "text";
};

const sourceText = (place: Place, value: Asset | Archive): string => {
  const word = value instanceof Asset ? "asset" : "archive";
  const kind = kindOf(value.source);
  const head = `${word}(${kind}:${short(value.hash)})`;
  // Its hash is all that is told of a text: it may be long, and nobody has said that it is no
  // secret.
  if (kind === "text")
    return `${head} {\n${bareMargin(place)}${STEP}<contents elided>\n${bareMargin(place)}}`;
  if (kind !== "assets") return `${head} { ${value.source.path ?? value.source.uri} }`;
  const members = value instanceof Archive ? (value.assets ?? {}) : {};
  return `${head} {\n${Object.keys(members)
    .sort()
    .map((name) => `${margin(place)}${STEP}"${name}": ${lineText(deeper(place), members[name]!)}`)
    .join("")}${bareMargin(place)}}`;
};

const listText = (place: Place, items: readonly Value[]): string =>
  items.length === 0
    ? "[]"
    : "[\n" +
      `${items.map((item, index) => `${margin(place)}${STEP}[${index}]: ${lineText(deeper(place), item)}`).join("")}${bareMargin(place)}]`;

const REFERENCE = ["URN", "ID", "PackageVersion"];
const referenceText = (place: Place, { urn, id, packageVersion }: Reference): string =>
  `{\n${objectText(deeper(place), { URN: urn, ID: id ?? null, PackageVersion: packageVersion }, REFERENCE, 3)}${bareMargin(place)}}`;

const propsText = (place: Place, props: Props): string =>
  Object.keys(props).length === 0
    ? "{}"
    : `{\n${objectText(deeper(place), props)}${bareMargin(place)}}`;

/** A value as the CLI writes it. */
const valueText = (place: Place, value: Value): string => {
  if (value instanceof Secret && place.style.showSecrets) return valueText(place, value.value);
  if (isPrimitive(value)) return primitiveText(place, value);
  if (isList(value)) return listText(place, value);
  if (value instanceof Asset || value instanceof Archive) return sourceText(place, value);
  return value instanceof Reference ? referenceText(place, value) : propsText(place, value);
};

export const lineText = (place: Place, value: Value): string => `${valueText(place, value)}\n`;

/** A line for each property. What begins with "__" is a provider's own note and never shown. */
export const objectText = (
  place: Place,
  props: Props,
  keys = Object.keys(props).sort(),
  width = widthOf(keys),
): string =>
  keys
    .filter((each) => !each.startsWith("__"))
    .map((key) => `${named(key, width)(place)}${lineText(place, props[key]!)}`)
    .join("");

/** Nothing that says nothing. */
export const isTelling = (value: Value): boolean =>
  !(
    value === null ||
    value === "" ||
    (isList(value) && value.length === 0) ||
    (isProps(value) && Object.keys(value).length === 0)
  );
