import { existsSync } from "node:fs";

import { suiteWhere } from "../fixtures/suite-where";

const FOUND = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

export const EXECUTABLE = FOUND ?? "/usr/bin/chromium";
export const inChromium = (title: string, tests: () => void): void =>
  suiteWhere(FOUND === undefined ? "Debian's chromium is not installed" : null, title, tests);
