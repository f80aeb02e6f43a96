import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  type Document,
  LineCounter,
  type YAMLError,
  isAlias,
  isScalar,
  parseDocument,
  visit,
} from "yaml";

import { ManifestError } from "./problems";

/** What the parser's own words are of no use for to somebody who writes a file. */
const REMEDIES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is there already, further up. Give each key once.",
  MULTIPLE_DOCS: "a second document begins here (---). Keep one.",
};

const textOf = ({ code, message }: YAMLError): string =>
  REMEDIES[code] ??
  (code === "TAG_RESOLVE_FAILED"
    ? `${/!\S*/.exec(message)?.[0] ?? "a tag"} means nothing here: what it stands before would be taken as it is. Write the value itself; secrets are set by ./fleet secret set.`
    : `${message.split("\n")[0]!.replace(/ at line \d+, column \d+:$/, "")}. Correct the line; indent with spaces.`);

/**
 * What follows the first line that YAML can't read is its consequence; keys that are there twice
 * are each a mistake of its own.
 */
const syntaxProblems = (file: string, { errors, warnings }: Document): readonly string[] => {
  const broken = errors.find(({ code }) => code !== "DUPLICATE_KEY");
  return (broken ? [broken] : [...errors, ...warnings]).map(
    (error) => `${file}: line ${error.linePos?.[0].line ?? "?"}: ${textOf(error)}`,
  );
};

/** Above what anybody writes; a few lines can name themselves a million times. */
const MOST_ALIASES = 1000;

/** What is written as YAML allows, and means nothing, or nothing that can be read. */
const meaningProblems = (file: string, document: Document, lines: LineCounter): string[] => {
  const found: string[] = [];
  let aliases = 0;
  const at = (range: readonly number[] | null | undefined): string =>
    `${file}: line ${lines.linePos(range?.[0] ?? 0).line}`;
  visit(document, {
    Alias: (_key, alias) => {
      if (!alias.resolve(document))
        found.push(
          `${at(alias.range)}: *${alias.source} names nothing: &${alias.source} has to stand above it.`,
        );
      else if (++aliases === MOST_ALIASES)
        found.push(`${at(alias.range)}: there are too many * in it. Write the values themselves.`);
    },
    Pair: (_key, { key }) => {
      if (isScalar(key) && key.value === "__proto__")
        found.push(`${at(key.range)}: __proto__ is no usable key. Choose another name.`);
    },
  });
  return found;
};

/** Text of another encoding would be read as other text, and go to the machines as that. */
const decode = (file: string, bytes: Buffer): string => {
  const isWide = [0xfeff, 0xfffe].includes(bytes.length > 1 ? bytes.readUInt16BE() : 0);
  try {
    if (!isWide) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Told below.
  }
  const before = bytes.subarray(0, firstWrong(bytes)).toString("latin1");
  throw new ManifestError([
    isWide
      ? `${file}: is UTF-16. Save it as UTF-8.`
      : `${file}: line ${before.split("\n").length}: is not UTF-8 (Latin-1, perhaps). Save the file as UTF-8.`,
  ]);
};
/** Where the first byte is that is no UTF-8. */
const firstWrong = (bytes: Buffer): number => {
  const again = Buffer.from(bytes.toString("utf8"), "utf8");
  const place = bytes.findIndex((byte, index) => byte !== again[index]);
  return place < 0 ? bytes.length : place;
};

export interface YamlFile {
  readonly value: unknown;
  /** A number or the like as it is written there: 1.10 is read as 1.1. */
  readonly written: (path: readonly PropertyKey[]) => string | undefined;
}

/** Rejects with every mistake of spelling at once, each with its line. */
export const readYaml = (folder: string, file: string): YamlFile => {
  const path = join(folder, file);
  if (!existsSync(path))
    throw new ManifestError([
      `${file}: there is no such file in ${folder}. Run this in the project's folder.`,
    ]);
  const lines = new LineCounter();
  const document = parseDocument(decode(file, readFileSync(path)), {
    prettyErrors: true,
    lineCounter: lines,
    // `<<`, which manifests of other tools have.
    merge: true,
  });
  const syntax = syntaxProblems(file, document);
  const problems = syntax.length > 0 ? syntax : meaningProblems(file, document, lines);
  if (problems.length > 0) throw new ManifestError(problems);
  return {
    value: document.toJS({ maxAliasCount: -1 }) ?? {},
    written: (keys) => {
      const node = document.getIn(keys, true);
      const named = isAlias(node) ? node.resolve(document) : node;
      return isScalar(named) ? named.source : undefined;
    },
  };
};
