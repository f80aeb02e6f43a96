import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, test } from "@jest/globals";

import { DRILLS } from "../../drills/list";

const ROOT = join(__dirname, "../..");
const LEFT_OUT = ["node_modules", ".git", ".build", "coverage"];
const pagesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.includes(entry.name) ? [] : pagesBelow(path);
    return path.endsWith(".md") ? [path] : [];
  });
/**
 * Files that a text names from the project's top: `drills/list.ts`, `tests/texts/nginx.test.ts`.
 */
const namedIn = (text: string): string[] =>
  [...text.matchAll(/`([\w-]+\/[\w./-]+\.(?:ts|sh|json|conf))`/g)].map(([, path = ""]) => path);
const linkedIn = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) => path);

test.each(pagesBelow("."))("%s links to nothing that is not there", (page) => {
  const links = linkedIn(readFileSync(join(ROOT, page), "utf8"));
  expect(links.filter((path) => !existsSync(join(ROOT, dirname(page), path)))).toEqual([]);
});

// A room's own page names its files from the room.
test.each(["CONTRIBUTING.md", "docs/architecture.md", "docs/security.md"])(
  "%s names no file that is not there",
  (page) => {
    const named = namedIn(readFileSync(join(ROOT, page), "utf8"));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  },
);

test.each(DRILLS)("the drill $name is in a runbook", ({ name }) => {
  const runbooks = pagesBelow("docs/runbooks").map((page) =>
    readFileSync(join(ROOT, page), "utf8"),
  );
  expect(runbooks.join("\n")).toMatch(new RegExp(`\\./fleet drill ${name}(?![\\w-])`));
});
