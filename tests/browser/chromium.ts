import { existsSync } from "node:fs";

import { suiteWhere } from "../fixtures/suite-where";

/**
 * Debian's chromium-headless-shell is the same engine without a desktop browser around it: a page
 * costs a third of the processor time.
 */
const FOUND = [
  "/usr/lib/chromium/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
].find((path) => existsSync(path));

export const EXECUTABLE = FOUND ?? "/usr/bin/chromium";
export const inChromium = (title: string, tests: () => void): void =>
  suiteWhere(FOUND === undefined ? "Debian's chromium is not installed" : null, title, tests);
