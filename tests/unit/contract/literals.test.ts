import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { expect, test } from "@jest/globals";
import ts from "typescript";

import { DEBIAN_PATHS, MONITOR_PROGRAM, PATHS } from "../../../contract/paths";

const ROOT = join(__dirname, "../../..");
/** What runs on the machines or is written for them. The local cloud knows Debian, and nothing of ours. */
const ROOMS = [
  "agent",
  "cli",
  "components",
  "config",
  "drills",
  "index.ts",
  "local",
  "monitor",
  "policy",
  "render",
  "templates",
];

interface Place {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(full);
    return [full];
  });
const files = ROOMS.filter((room) => existsSync(join(ROOT, room))).flatMap((room) =>
  room.endsWith(".ts") ? [join(ROOT, room)] : filesBelow(join(ROOT, room)),
);

/** The strings of a program, each with its place: comments may say where things lie. */
const stringsOf = (file: string): readonly Place[] => {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: Place[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    )
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        text: node.text,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};
const linesOf = (file: string): readonly Place[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((text, index) => ({ file, line: index + 1, text }));

const places = files.flatMap((file) => {
  if (relative(ROOT, file).startsWith("templates/")) return linesOf(file);
  return /\.[cm]?[jt]s$/.test(file) ? stringsOf(file) : [];
});

const CONSTANTS = Object.entries({ ...PATHS, MONITOR_PROGRAM }).map(([name, path]) => ({
  name,
  path,
  // Whole names: "/var/lib/fleet" is not in "/var/lib/fleet-agent".
  pattern: new RegExp(`(?<![\\w.}-])${path.replaceAll(".", "\\.")}(?![\\w-])`),
}));

/** The longest path of the contract that a text spells out, told with its place. */
const spelledOut = ({ file, line, text }: Place): readonly string[] => {
  const [found] = CONSTANTS.filter(({ pattern }) => pattern.test(text)).sort(
    (a, b) => b.path.length - a.path.length,
  );
  return found
    ? [`${relative(ROOT, file)}:${line}: ${found.path} is the contract's ${found.name}`]
    : [];
};

test("what up and the machines agree on is said once, in contract/", () =>
  expect(places.flatMap(spelledOut)).toEqual([]));

test("the strings are looked at, not an empty folder", () => {
  expect(places.length).toBeGreaterThan(5000);
  expect(places.some(({ text }) => text.includes(DEBIAN_PATHS.nginx))).toBe(true);
});

test("the contract imports nothing but itself", () => {
  const folder = join(ROOT, "contract");
  const foreign = filesBelow(folder)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      ts
        .preProcessFile(readFileSync(file, "utf8"))
        .importedFiles.map(({ fileName }) => fileName)
        .filter(
          (name) =>
            !name.startsWith(".") || relative(folder, join(dirname(file), name)).startsWith(".."),
        ),
    );
  expect(foreign).toEqual([]);
});
