import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "../templates");
const HOLE = /\{\{(\w+)\}\}/g;

/** A template's text with its holes filled. A hole without a value and a value without a hole are both errors: neither can be meant. */
export const fill = (
  template: string,
  values: Readonly<Record<string, string | number>>,
): string => {
  const text = readFileSync(join(FOLDER, template), "utf8");
  const holes = new Set([...text.matchAll(HOLE)].map((match) => match[1]!));
  const missing = [...holes].filter((hole) => !(hole in values));
  const unused = Object.keys(values).filter((name) => !holes.has(name));
  if (missing.length || unused.length)
    throw new Error(
      `templates/${template}: ${[...missing.map((name) => `{{${name}}} has no value`), ...unused.map((name) => `the value "${name}" has no hole`)].join("; ")}`,
    );
  return text.replace(HOLE, (_, name: string) => String(values[name]));
};
