import { type Dirent, existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

import { describe, expect, test } from "@jest/globals";
import ts from "typescript";

/**
 * The rooms of the house, and which doors are open: from each, the rooms whose code or types it may
 * import.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "index.ts": ["components", "config"],
  contract: [],
  config: ["contract"],
  render: ["config", "contract"],
  components: ["config", "contract", "render"],
  agent: ["contract"],
  monitor: ["contract"],
  "local/cloud": ["local/digitalocean-api"],
  "local/engine": ["local/digitalocean-api"],
  "local/digitalocean-api": [],
  // A drill is a command of the command line, written in a room of its own.
  drills: ["cli", "config", "contract"],
  cli: ["config", "contract", "drills", "local/cloud", "local/engine", "render"],
  services: [],
};
/** Islands are packages: what each opens stands in its package.json, and Node holds it. */
const PACKAGES: Readonly<Record<string, string>> = {
  "@second-server/agent": "agent",
  "@second-server/contract": "contract",
  "@second-server/digitalocean-api": "local/digitalocean-api",
  "@second-server/engine": "local/engine",
  "@second-server/local-cloud": "local/cloud",
  "@second-server/monitor": "monitor",
};

const ROOT = join(__dirname, "../..");
const filesIn = (path: string, entry: Dirent): string[] => {
  if (entry.isDirectory())
    return entry.name === "node_modules" ? [] : filesBelow(join(path, entry.name));
  return /(?<!\.d)\.ts$/.test(entry.name) ? [join(path, entry.name)] : [];
};
const filesBelow = (path: string): string[] => {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (path.endsWith(".ts")) return [path];
  return readdirSync(full, { withFileTypes: true }).flatMap((entry) => filesIn(path, entry));
};

interface Import {
  readonly from: string;
  readonly to: string;
  /** As it is written: "../config/load", or a package's name. */
  readonly specifier: string;
}

/** What a package's door of that name leads to, "./main" for "@second-server/monitor/main". */
const doorOf = (specifier: string): string | undefined => {
  const [scope, name, ...rest] = specifier.split("/");
  const room = PACKAGES[`${scope}/${name}`];
  if (room === undefined) return undefined;
  const { exports } = JSON.parse(readFileSync(join(ROOT, room, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  const door = rest.length === 0 ? "." : `./${rest.join("/")}`;
  const target = exports[door] ?? exports["./*"]?.replace("*", rest.join("/"));
  if (target === undefined) throw new Error(`${specifier}: ${room}/package.json has no such door`);
  return normalize(join(room, target));
};

/** An import's target: a .ts file of ours, or nothing (a library, a JSON file, a built one). */
const resolveImport = (from: string, specifier: string): string | undefined => {
  if (!specifier.startsWith(".")) return doorOf(specifier);
  return [`${specifier}.ts`, specifier, `${specifier}/index.ts`]
    .map((one) => normalize(join(dirname(from), one)))
    .find((one) => one.endsWith(".ts") && existsSync(join(ROOT, one)));
};

/** `import`, `export … from`, `import("…")` as a type or a value, and `require("…")`. */
const specifierOf = (node: ts.Node): ts.Node | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return node.argument.literal;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const imports =
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && expression.text === "require");
  return imports ? node.arguments[0] : undefined;
};

const sourceOf = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"), ts.ScriptTarget.ES2022);

/** Every node of a file, from the top. */
const nodesOf = (node: ts.Node): ts.Node[] => {
  const below: ts.Node[] = [];
  ts.forEachChild(node, (child) => void below.push(...nodesOf(child)));
  return [node, ...below];
};

const importsOf = (from: string): Import[] =>
  nodesOf(sourceOf(from)).flatMap((node) => {
    const specifier = specifierOf(node);
    if (!specifier || !ts.isStringLiteralLike(specifier)) return [];
    const to = resolveImport(from, specifier.text);
    return to === undefined ? [] : [{ from, to, specifier: specifier.text }];
  });

const roomOf = (path: string): string =>
  [...Object.keys(ROOMS), "tests"].find((room) => path === room || path.startsWith(`${room}/`)) ??
  path;
const files = Object.keys(ROOMS).flatMap(filesBelow);
const imports = files.flatMap(importsOf);

describe.each(Object.entries(ROOMS))("%s", (room, open) => {
  test("is there", () => expect(filesBelow(room)).not.toEqual([]));

  test(`imports only ${[...open, "itself"].join(", ")}`, () => {
    const foreign = imports.filter(
      ({ from, to }) => roomOf(from) === room && roomOf(to) !== room && !open.includes(roomOf(to)),
    );
    expect(foreign.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test("reaches into no other room by a path in a string", () => {
    const rooms = Object.keys(ROOMS).filter((one) => one !== room && !one.endsWith(".ts"));
    const reaches = filesBelow(room).flatMap((path) =>
      nodesOf(sourceOf(path))
        .filter(ts.isStringLiteralLike)
        .filter(({ text }) =>
          rooms.some((one) => new RegExp(`^(\\.\\./)*${one}/.*\\.[cm]?[jt]s$`).test(text)),
        )
        .map(({ text }) => `${path}: ${text}`),
    );
    expect(reaches).toEqual([]);
  });
});

test("docs/architecture.md has the same rooms and doors", () => {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const rows = [...page.matchAll(/^\| (`[^|]*?) +\|[^|]*\| (.*?) +\|$/gm)].map(
    ([, room = "", open = ""]): [string, string[]] => [
      /`(.*?)\/?`/.exec(room)?.[1] ?? room,
      open === "nothing of ours" ? [] : open.split(", ").sort(),
    ],
  );
  const rooms = Object.entries(ROOMS).map(([room, open]) => [room, [...open].sort()]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(rooms));
});

test("an island is entered by its package's door, never by a path into it", () => {
  const islands = Object.values(PACKAGES);
  const climbed = imports.filter(
    ({ from, to, specifier }) =>
      specifier.startsWith(".") && islands.includes(roomOf(to)) && roomOf(from) !== roomOf(to),
  );
  expect(climbed.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
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

/**
 * A chain of imports that comes back to where it began. Types count: who reads one of such files
 * has to read them all.
 */
const cycle = (): string[] | undefined => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
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
