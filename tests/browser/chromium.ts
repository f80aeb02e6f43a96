import { existsSync } from "node:fs";
import { suiteWhere } from "../fixtures/suite-where";

const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

export const EXECUTABLE = found ?? "/usr/bin/chromium";
export const inChromium = (title: string, tests: () => void): void => suiteWhere(found === undefined ? "Debian's chromium is not installed" : null, title, tests);
