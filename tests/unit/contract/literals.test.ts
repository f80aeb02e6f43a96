import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { expect, test } from "@jest/globals";
import ts from "typescript";

import { CHECKS } from "../../../contract/checks";
import { AGENT, ROUTES, USERS } from "../../../contract/names";
import { DEBIAN_PATHS, MONITOR_PROGRAM, PATHS } from "../../../contract/paths";

const ROOT = join(__dirname, "../../..");
/**
 * What runs on the machines or is written for them. The local cloud knows Debian, and nothing of
 * ours.
 */
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
  /**
   * What the string is given to or compared with: "owner" in `{ owner: "peer" }`, "id" in `check.id
   * === "dns"`.
   */
  readonly of?: string;
  /** What follows in a template is a value. */
  readonly isOpen?: boolean;
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

const EQUALITY = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
];
const subjectOf = (node: ts.Node): string | undefined => {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) return parent.name.getText();
  if (!ts.isBinaryExpression(parent) || !EQUALITY.includes(parent.operatorToken.kind))
    return undefined;
  const other = parent.left === node ? parent.right : parent.left;
  return ts.isPropertyAccessExpression(other) ? other.name.text : other.getText();
};

const isModuleName = ({ parent }: ts.Node): boolean =>
  ts.isImportDeclaration(parent) ||
  ts.isExportDeclaration(parent) ||
  ts.isLiteralTypeNode(parent) ||
  (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword);

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
    const isText =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node);
    if (isText && !isModuleName(node))
      found.push({
        file: relative(ROOT, file),
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        text: node.text,
        of: subjectOf(node),
        isOpen: ts.isTemplateHead(node) || ts.isTemplateMiddle(node),
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};
const linesOf = (file: string): readonly Place[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((text, index) => ({ file: relative(ROOT, file), line: index + 1, text }));

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

const at = ({ file, line }: Place, what: string): string => `${file}:${line}: ${what}`;

/** The longest path of the contract that a text spells out, told with its place. */
const spelledOut = (place: Place): readonly string[] => {
  const [found] = CONSTANTS.filter(({ pattern }) => pattern.test(place.text)).sort(
    (a, b) => b.path.length - a.path.length,
  );
  return found ? [at(place, `${found.path} is the contract's ${found.name}`)] : [];
};

test("paths that up and the machines agree on are said once, in contract/", () =>
  expect(places.flatMap(spelledOut)).toEqual([]));

/** The local cloud and the engine know nothing of ours, and Debian's units may be named there. */
const ours = places.filter(({ file }) => !file.startsWith("local/"));
const isTemplate = ({ file }: Place): boolean => file.startsWith("templates/");

const unitIn = (place: Place): readonly string[] => {
  const { text, isOpen } = place;
  // A template's own file is called as its unit is, and systemd's words for units of its own stand
  // in unit files.
  if (isTemplate(place) || text.startsWith("systemd/")) return [];
  const found =
    /(?<![\w.-])[a-z][\w@-]*\.(service|timer|socket)(?![\w-])/.exec(text)?.[0] ??
    /systemctl (-\S+ )*[a-z-]+ (-- )?[a-z][\w@-]*/.exec(text)?.[0] ??
    (isOpen ? /(?<![\w.-])fleet-$/.exec(text)?.[0] : undefined);
  return found === undefined ? [] : [at(place, `${found}: units are in UNITS, serviceUnit()`)];
};
test("units are named in contract/ alone", () => expect(ours.flatMap(unitIn)).toEqual([]));

const OF_A_USER = ["user", "owner", "group", "username"];
const userIn = (place: Place): readonly string[] => {
  const { text, of, isOpen } = place;
  const named = isTemplate(place) ? /^(?:User|Group)=(\S+)$/.exec(text)?.[1] : undefined;
  const user = named ?? (of !== undefined && OF_A_USER.includes(of) ? text : undefined);
  const isSpelled = Object.values<string | undefined>(USERS).includes(user);
  return isSpelled || (isOpen && /(?<![\w-])svc-$/.test(text))
    ? [at(place, `${text}: users are in USERS, serviceUser()`)]
    : [];
};
test("users are named in contract/ alone", () => expect(ours.flatMap(userIn)).toEqual([]));

/** Alone, after a method, or after an address. */
const ROUTE_PATTERNS = Object.entries(ROUTES).map(([name, route]) => ({
  name,
  route,
  pattern: new RegExp(`(^|[\\s"}\\w])${route.replaceAll(".", "\\.")}(?![\\w/-])`),
}));
const routeIn = (place: Place): readonly string[] => {
  // A service's own path for its health is the manifest's.
  if (place.file.startsWith("config/")) return [];
  const [found] = ROUTE_PATTERNS.filter(({ pattern }) => pattern.test(place.text));
  return found ? [at(place, `${found.route} is the contract's ROUTES.${found.name}`)] : [];
};
test("what a machine answers over HTTP is named in contract/ alone", () =>
  expect(ours.flatMap(routeIn)).toEqual([]));

const OF_A_CHECK = ["id", "check", "checkId"];
const checkIn = (place: Place): readonly string[] => {
  const { text, of } = place;
  const isName =
    of !== undefined && OF_A_CHECK.includes(of) && Object.values<string>(CHECKS).includes(text);
  const isMade = /^((primary|watcher)?\/)(host|reboot)$/.test(text);
  return isName || isMade ? [at(place, `${text}: checks are in CHECKS, hostCheck()…`)] : [];
};
test("the fleet's own checks are named in contract/ alone", () =>
  expect(ours.flatMap(checkIn)).toEqual([]));

test("the agent is called by its name in contract/", () =>
  expect(
    ours.filter(({ text }) => text === AGENT).map((place) => at(place, `${AGENT} is AGENT`)),
  ).toEqual([]));

test("the strings are looked at, not an empty folder", () => {
  expect(places.length).toBeGreaterThan(5000);
  expect(places.some(({ text }) => text.includes(DEBIAN_PATHS.nginx))).toBe(true);
});

test("each of these finds what it looks for", () => {
  const place = (text: string, more: Partial<Place> = {}): Place => ({
    file: "cli/x.ts",
    line: 1,
    text,
    ...more,
  });
  expect([
    ...unitIn(place("./fleet logs watcher nginx.service")),
    ...unitIn(place("sudo systemctl restart nginx")),
    ...unitIn(place("fleet-", { isOpen: true })),
    ...userIn(place("peer", { of: "owner" })),
    ...userIn(place("User=observatory", { file: "templates/x" })),
    ...routeIn(place("GET /report")),
    ...routeIn(place("/api/status")),
    ...checkIn(place("dns", { of: "id" })),
    ...checkIn(place("/host")),
  ]).toHaveLength(9);
  expect([
    ...unitIn(place("./fleet ssh watcher -- systemctl --failed")),
    ...userIn(place("fleet")),
    ...routeIn(place("/health", { file: "config/x.ts" })),
    ...routeIn(place("/reports")),
    ...checkIn(place("dns", { of: "layer" })),
  ]).toEqual([]);
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
