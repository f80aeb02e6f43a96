import { parseAllDocuments } from "yaml";
import type { Op } from "../events/events";
import { Archive, Asset, isList, isProps, type Props, Reference, Secret, type Source, Unknown, type Value } from "../values/value";
import { type Change, type Diffs, diffOf, keysOf } from "./object-diff";
import { SIGNS } from "./ops";
import { diffLines } from "./text-diff";

export interface Style {
  /** The text of secrets, instead of "[secret]". */
  readonly showSecrets: boolean;
  /** Long texts whole, instead of their first three lines. */
  readonly showFull: boolean;
}
/** Where and how a value stands: `op` gives the sign, which is written where `signed`. */
interface Place { readonly indent: number; readonly op: Op; readonly signed: boolean }

const STEP = "    ";
const MOST_LINES = 3;
const MOST_CHARACTERS = 150;
const quote = (text: string): string => JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");

/** Nothing that says nothing. */
const isTelling = (value: Value): boolean =>
  !(value === null || value === "" || (isList(value) && value.length === 0) || (isProps(value) && Object.keys(value).length === 0));
const isPrimitive = (value: Value): boolean => value === null || typeof value !== "object" || value instanceof Unknown || value instanceof Secret;

/** JSON, or YAML of more than one line, inside a text is shown as what it says. */
const decoded = (text: string): { kind: "json" | "yaml"; value: Value } | null => {
  const accept = (kind: "json" | "yaml", value: unknown) => (typeof value === "object" && value !== null ? { kind, value: value as Value } : null);
  const trimmed = text.trim();
  try { return accept("json", JSON.parse(trimmed)); } catch { /* not JSON: the YAML below has a say */ }
  if (!/[\r\n]/.test(trimmed)) return null;
  const documents = parseAllDocuments(trimmed);
  if (!Array.isArray(documents) || documents.length !== 1 || documents[0]!.errors.length > 0) return null;
  try { return accept("yaml", documents[0]!.toJS({ mapAsMap: false })); } catch { return null; }
};

const short = (hash: string): string => hash.slice(0, 7);
const arrow = (old: string, now: string): string => (old === now ? old : `${old}->${now}`);
const kindOf = ({ path, uri, text }: Source): "file" | "uri" | "text" | "assets" => (path !== undefined ? "file" : uri !== undefined ? "uri" : text !== undefined ? "text" : "assets");

/** Writes values and their differences as the CLI does, gathering the text. */
export const printer = ({ showSecrets, showFull }: Style) => {
  const out: string[] = [];
  const margin = ({ indent, op, signed }: Place): string => {
    const spaces = STEP.repeat(indent);
    return signed && indent > 0 ? spaces.slice(0, -2) + SIGNS[op] : spaces;
  };
  const bare = (place: Place): string => STEP.repeat(place.indent);
  const deeper = (place: Place, by = 1): Place => ({ ...place, indent: place.indent + by });
  const as = (place: Place, op: Op, signed = true): Place => ({ ...place, op, signed });
  type Title = (place: Place) => void;
  const named = (name: string, width: number): Title => (place) => { out.push(`${margin(place)}${name.padEnd(width)}: `); };
  const widthOf = (keys: readonly (string | number)[]): number => Math.max(0, ...keys.map((key) => String(key).length));

  const shortened = (text: string): string => {
    if (showFull) return text;
    const lines = text.split("\n").map((line, index) => (index < MOST_LINES && line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}...` : line));
    return lines.length > MOST_LINES ? `${lines.slice(0, MOST_LINES).join("\n")}\n...` : lines.join("\n");
  };

  const primitive = (place: Place, value: Value): void => {
    if (value === null) out.push("<null>");
    else if (value instanceof Unknown) out.push("[unknown]");
    else if (value instanceof Secret) out.push("[secret]");
    else if (typeof value === "string") {
      const inside = decoded(value);
      if (inside) { out.push(`(${inside.kind}) `); line(place, inside.value); } else out.push(quote(shortened(value)));
    } else out.push(String(value as number | boolean));
  };

  const source = (place: Place, value: Asset | Archive): void => {
    const word = value instanceof Asset ? "asset" : "archive";
    const kind = kindOf(value.source);
    if (kind === "text") {
      // Its hash is all that is told of a text: it may be long, and nobody has said that it is no secret.
      out.push(`${word}(text:${short(value.hash)}) {\n${bare(place)}${STEP}<contents elided>\n${bare(place)}}`);
    } else if (kind === "assets") {
      out.push(`${word}(assets:${short(value.hash)}) {\n`);
      const members = (value as Archive).assets ?? {};
      for (const name of Object.keys(members).sort()) { out.push(`${margin(place)}${STEP}"${name}": `); line(deeper(place), members[name]!); }
      out.push(`${bare(place)}}`);
    } else out.push(`${word}(${kind}:${short(value.hash)}) { ${value.source.path ?? value.source.uri} }`);
  };

  const write = (place: Place, value: Value): void => {
    if (value instanceof Secret && showSecrets) write(place, value.value);
    else if (isPrimitive(value)) primitive(place, value);
    else if (isList(value)) {
      if (value.length === 0) { out.push("[]"); return; }
      out.push("[\n");
      value.forEach((item, index) => { out.push(`${margin(place)}${STEP}[${index}]: `); line(deeper(place), item); });
      out.push(`${bare(place)}]`);
    } else if (value instanceof Asset || value instanceof Archive) source(place, value);
    else if (value instanceof Reference) {
      out.push("{\n");
      object(deeper(place), { URN: value.urn, ID: value.id ?? null, PackageVersion: value.packageVersion }, ["URN", "ID", "PackageVersion"], 3);
      out.push(`${bare(place)}}`);
    } else {
      const props = value as Props;
      if (Object.keys(props).length === 0) { out.push("{}"); return; }
      out.push("{\n");
      object(deeper(place), props);
      out.push(`${bare(place)}}`);
    }
  };
  const line = (place: Place, value: Value): void => { write(place, value); out.push("\n"); };
  const object = (place: Place, props: Props, keys = Object.keys(props).sort(), width = widthOf(keys)): void => {
    for (const key of keys.filter((each) => !each.startsWith("__"))) { named(key, width)(place); line(place, props[key]!); }
  };

  const whole = (place: Place, op: Op, title: Title, value: Value): void => { title(as(place, op)); line(as(place, op), value); };

  const lines = (place: Place, old: string, now: string): void => {
    out.push("\n");
    const pieces = diffLines(old.split("\n"), now.split("\n"));
    const CONTEXT = 2;
    pieces.forEach(({ kind, lines: all }, index) => {
      const at = kind === "same" ? as(place, "same", false) : as(place, kind === "add" ? "create" : "delete");
      const told = all.filter((each) => each.trim() !== "");
      const show = (some: readonly string[]): void => { for (const each of some) out.push(`${margin(at)}${shortened(each)}\n`); };
      const skip = (): void => { out.push(`${bare(place)}...\n`); };
      const [first, last] = [index === 0, index === pieces.length - 1];
      if (kind !== "same" || told.length <= (first || last ? CONTEXT : 2 * CONTEXT) + 1) { show(told); return; }
      if (!first) show(told.slice(0, CONTEXT));
      skip();
      if (!last) show(told.slice(-CONTEXT));
    });
  };

  const texts = (place: Place, old: string, now: string): void => {
    const [was, is] = [decoded(old), decoded(now)];
    if (was && is) {
      const inner = isProps(was.value) === isProps(is.value) ? diffOf(was.value as Props, is.value as Props) : undefined;
      if (inner === null) { texts(place, quote(old), quote(now)); return; }
      out.push(was.kind === is.kind ? `(${was.kind}) ` : `(${was.kind} => ${is.kind}) `);
      change(place, () => {}, { old: was.value, now: is.value, ...(inner ? { inner } : {}) });
    } else if (!old.includes("\n") && !now.includes("\n")) out.push(`${quote(old)} => ${quote(now)}\n`);
    else lines(deeper(place), old, now);
  };

  const sources = (place: Place, title: Title, old: Asset | Archive, now: Asset | Archive): void => {
    const [was, is] = [kindOf(old.source), kindOf(now.source)];
    if (old.constructor !== now.constructor || was !== is || was === "text") { whole(place, "delete", title, old); whole(place, "create", title, now); return; }
    title(place);
    const head = `${old instanceof Asset ? "asset" : "archive"}(${was}:${arrow(short(old.hash), short(now.hash))})`;
    if (was !== "assets") { out.push(`${head} { ${arrow((old.source.path ?? old.source.uri)!, (now.source.path ?? now.source.uri)!)} }\n`); return; }
    out.push(`${head} {\n`);
    const [before, after] = [(old as Archive).assets ?? {}, (now as Archive).assets ?? {}];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    for (const name of names) {
      const [a, b] = [before[name], after[name]];
      const label = named(`"${name}"`, widthOf(names) + 2);
      if (a && b) { if (a.hash !== b.hash) sources(deeper(place), label, a, b); } else whole(deeper(place, 2), a ? "delete" : "create", label, (a ?? b)!);
    }
    out.push(`${bare(place)}}\n`);
  };

  const change = (from: Place, title: Title, { old, now, inner }: Change): void => {
    const place = as(from, "update");
    if (showSecrets && (old instanceof Secret || now instanceof Secret)) {
      const [was, is] = [old, now].map((each) => (each instanceof Secret ? each.value : each)) as [Value, Value];
      const within = (isList(was) && isList(is)) || (isProps(was) && isProps(is)) ? diffOf(was, is) : undefined;
      if (within !== null) { change(place, title, { old: was, now: is, ...(within ? { inner: within } : {}) }); return; }
    }
    if (inner && [...keysOf(inner)].some((key) => typeof key === "number")) {
      title(place);
      out.push("[\n");
      for (const key of keysOf(inner)) property(deeper(place, 2), (each) => { out.push(`${margin(deeper(each, -1))}[${key}]: `); }, inner, key, false);
      out.push(`${bare(place)}]\n`);
    } else if (inner) {
      title(place);
      out.push("{\n");
      diffs(deeper(place), inner);
      out.push(`${bare(place)}}\n`);
    } else if (isTelling(old) && isTelling(now) && old instanceof Archive && now instanceof Archive) sources(place, title, old, now);
    else if (isTelling(old) && isTelling(now) && isPrimitive(old) && isPrimitive(now)) {
      title(place);
      if (typeof old === "string" && typeof now === "string") { texts(place, old, now); return; }
      primitive(place, old);
      out.push(" => ");
      primitive(place, now);
      out.push("\n");
    } else {
      if (isTelling(old)) whole(place, "delete", title, old);
      if (isTelling(now)) whole(place, "create", title, now);
    }
  };

  const property = (place: Place, title: Title, all: Diffs, key: string | number, tellingOnly = true): void => {
    const [added, deleted, updated, kept] = [all.adds.get(key), all.deletes.get(key), all.updates.get(key), all.sames.get(key)];
    if (added !== undefined) whole(place, "create", title, added);
    else if (deleted !== undefined) whole(place, "delete", title, deleted);
    else if (updated) change(place, title, updated);
    else if (kept !== undefined && (!tellingOnly || isTelling(kept))) { title(as(place, "same", false)); line(as(place, "same", false), kept); }
  };
  const diffs = (place: Place, all: Diffs, keys = keysOf(all)): void => {
    for (const key of keys) property(place, named(String(key), widthOf(keys)), all, key);
  };

  return {
    object: (indent: number, op: Op, signed: boolean, props: Props): void => object({ indent, op, signed }, props),
    diffs: (indent: number, all: Diffs, keys?: readonly (string | number)[]): void => diffs({ indent, op: "same", signed: true }, all, keys),
    /** As `diffs`, of one property, the title padded to `width`. */
    difference: (indent: number, all: Diffs, key: string, width: number): void => property({ indent, op: "same", signed: false }, named(key, width), all, key),
    entry: (indent: number, op: Op, key: string, width: number, value: Value): void => { named(key, width)({ indent, op, signed: false }); line({ indent, op, signed: false }, value); },
    text: (): string => out.join(""),
  };
};
