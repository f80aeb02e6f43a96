import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  ANNOUNCED,
  CERTIFICATE,
  CERTIFICATE_COPY,
  ROUTES,
  UNITS,
  USERS,
} from "@second-server/contract/names";
import { MONITOR_PROGRAM, PATHS, TREES, treeFolder } from "@second-server/contract/paths";

const FOLDER = join(__dirname, "../templates");
const HOLE = /\{\{([\w.]+)\}\}/g;

type Values = Readonly<Record<string, string | number>>;

/** What any template may name without being given it, as "paths.trees". */
const CONTRACT: Values = Object.fromEntries(
  Object.entries({
    paths: PATHS,
    units: UNITS,
    users: USERS,
    routes: ROUTES,
    announced: ANNOUNCED,
    names: { certificate: CERTIFICATE, certificateCopy: CERTIFICATE_COPY },
    programs: { monitor: MONITOR_PROGRAM },
    folders: { libsql: treeFolder(TREES.libsql) },
  }).flatMap(([group, values]) =>
    Object.entries(values).map(([name, value]) => [`${group}.${name}`, value] as const),
  ),
);

/**
 * A template's text with its holes filled: from the values, and from the contract with the
 * machines. A hole without a value and a value without a hole are both errors: neither can be
 * meant.
 */
export const fill = (template: string, values: Values): string => {
  const text = readFileSync(join(FOLDER, template), "utf8");
  const known: Values = { ...CONTRACT, ...values };
  const holes = new Set([...text.matchAll(HOLE)].map(([, name = ""]) => name));
  const problems = [
    ...[...holes].filter((hole) => !(hole in known)).map((name) => `{{${name}}} has no value`),
    ...Object.keys(values)
      .filter((name) => !holes.has(name))
      .map((name) => `the value "${name}" has no hole`),
  ];
  if (problems.length > 0) throw new Error(`templates/${template}: ${problems.join("; ")}`);
  return text.replace(HOLE, (_, name: string) => String(known[name]));
};
