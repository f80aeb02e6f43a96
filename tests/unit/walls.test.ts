import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

import { describe, expect, test } from "@jest/globals";
import ts from "typescript";

/** The rooms of the house, and which doors are open: from each, the rooms whose code it may import. Types may come from config anywhere. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "index.ts": ["components", "config"],
  config: [],
  render: ["config"],
  components: ["config", "render"],
  monitor: [],
  agent: [],
  "local/cloud": [],
  "local/digitalocean-api": [],
  "local/engine": [],
  policy: ["config"],
  drills: ["cli"],
  services: [],
};
/** Contracts: types taken from there, and nothing that runs. */
const TYPES_FROM: Readonly<Record<string, readonly string[]>> = {
  monitor: ["config"],
  agent: ["config"],
  drills: ["config", "local/cloud"],
};

const ROOT = join(__dirname, "../..");
const filesBelow = (path: string): string[] => {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (path.endsWith(".ts")) return [path];
  return readdirSync(full, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? entry.name === "node_modules"
        ? []
        : filesBelow(join(path, entry.name))
      : entry.name.endsWith(".ts")
        ? [join(path, entry.name)]
        : [],
  );
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** A relative import's target: a .ts file or nothing of ours (a JSON file, a built one). */
const resolveImport = (from: string, specifier: string): string | undefined =>
  [`${specifier}.ts`, specifier, `${specifier}/index.ts`]
    .map((one) => normalize(join(dirname(from), one)))
    .find((one) => one.endsWith(".ts") && existsSync(join(ROOT, one)));

const typeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    !clause.name &&
    !!named &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
};

const importsOf = (from: string): Import[] => {
  const found: Import[] = [];
  const add = (specifier: ts.Expression | undefined, isType: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) return;
    const to = resolveImport(from, specifier.text);
    if (to) found.push({ from, to, typeOnly: isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
      add(node.moduleSpecifier, typeOnly(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === "require"))
    )
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, readFileSync(join(ROOT, from), "utf8"), ts.ScriptTarget.ES2022));
  return found;
};

const roomOf = (path: string): string =>
  [...Object.keys(ROOMS), "cli", "tests"].find(
    (room) => path === room || path.startsWith(`${room}/`),
  ) ?? path;
const files = [...Object.keys(ROOMS), "cli"].flatMap(filesBelow);
const imports = files.flatMap(importsOf);

describe.each(Object.keys(ROOMS).filter((room) => filesBelow(room).length > 0))("%s", (room) => {
  test(`imports only ${[...ROOMS[room]!, "itself"].join(", ")}`, () => {
    const foreign = imports.filter(
      ({ from, to, typeOnly: types }) =>
        roomOf(from) === room &&
        roomOf(to) !== room &&
        !ROOMS[room]!.includes(roomOf(to)) &&
        !(types && (TYPES_FROM[room] ?? []).includes(roomOf(to))),
    );
    expect(foreign.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

test("nothing imports the tests", () =>
  expect(imports.filter(({ to }) => to.startsWith("tests/"))).toEqual([]));

test("what comes from DigitalOcean's document is types, and both sides of the API take them there", () => {
  const door = /^(import|export) (type )?[^;]*"@second-server\/digitalocean-api\/types"/gm;
  const found = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(door)].map(([, , type]) => ({
      file,
      type,
    })),
  );
  expect(found.filter(({ type }) => type === undefined)).toEqual([]);
  expect(
    found.filter(({ file }) => !["local/cloud", "local/engine"].includes(roomOf(file))),
  ).toEqual([]);
});

/** A chain of imports that comes back to where it began; types are gone when the program runs, so they make no cycle. */
const cycle = (): string[] | undefined => {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly: types } of imports)
    if (!types) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const found = follow(to, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const found = follow(file, []);
    if (found) return found;
  }
  return undefined;
};
test("there are no cycles", () => expect(cycle()).toBeUndefined());

test("no file only hands on what others export", () => {
  const isBarrel = (path: string): boolean => {
    const { statements } = ts.createSourceFile(
      path,
      readFileSync(join(ROOT, path), "utf8"),
      ts.ScriptTarget.ES2022,
    );
    return (
      statements.length > 0 &&
      statements.every(
        (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
      )
    );
  };
  expect(files.filter(isBarrel)).toEqual([]);
});

test("index.ts fits on one screen", () =>
  expect(
    readFileSync(join(ROOT, "index.ts"), "utf8").trimEnd().split("\n").length,
  ).toBeLessThanOrEqual(40));

test("the walls are looked at, not an empty folder", () => {
  expect(imports.length).toBeGreaterThan(100);
  expect(
    imports.some(
      ({ from, to }) => relative("components", from) === "rollout.ts" && to === "render/release.ts",
    ),
  ).toBe(true);
});
