import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { factsOf } from "./facts";
import type { FleetFacts } from "./fleet";
import { knownKeys } from "./json-schema";
import { ManifestError, issueLines, placeOf } from "./problems";
import { brokenRules } from "./rules";
import { manifestSchema } from "./schema";
import { SETTING_NAMES, settingsSchema } from "./settings";

const MANIFEST = "fleet.yaml";
const PROJECT = "second-server";

const readYaml = (folder: string, file: string): unknown => {
  const path = join(folder, file);
  if (!existsSync(path)) throw new ManifestError([`${file}: there is no such file in ${folder}. Run this in the project's folder.`]);
  const document = parseDocument(readFileSync(path, "utf8"), { prettyErrors: true });
  if (document.errors.length) throw new ManifestError(document.errors.map((error) => `${file}: line ${error.linePos?.[0].line ?? "?"}: ${error.message.split("\n")[0]}`));
  return document.toJS() ?? {};
};

/** The stack's settings as its file has them. Secret values can't be read without the engine; none of the settings needs to be one. */
export const stackSettings = (folder: string, stack: string): Record<string, unknown> => {
  const { config = {} } = readYaml(folder, `Pulumi.${stack}.yaml`) as { config?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).filter(([key]) => key.startsWith(`${PROJECT}:`)).map(([key, value]) => [key.slice(PROJECT.length + 1), typeof value === "number" ? String(value) : value])
    .filter(([, value]) => typeof value === "string"));
};

/** Checks the manifest in `folder` with the given settings; throws one `ManifestError` with every problem found. */
export const readFleet = (folder: string, raw: Readonly<Record<string, unknown>>, settingsFile: string): FleetFacts => {
  const settings = settingsSchema.safeParse(raw);
  const manifest = manifestSchema.safeParse(readYaml(folder, MANIFEST), { reportInput: true });
  const problems = [
    ...(settings.success ? [] : issueLines(settingsFile, settings.error.issues.map((issue) => ({ ...issue, path: [`${PROJECT}:${issue.path.join(".")}`] })), () => SETTING_NAMES)),
    ...(manifest.success ? [] : issueLines(MANIFEST, manifest.error.issues, knownKeys)),
  ];
  if (!settings.success || !manifest.success) throw new ManifestError(problems);
  const facts = factsOf(manifest.data, settings.data);
  const is = (test: "isFile" | "isDirectory") => (path: string) => statSync(join(folder, path), { throwIfNoEntry: false })?.[test]() ?? false;
  const broken = brokenRules(facts, { isFile: is("isFile"), isFolder: is("isDirectory") });
  if (broken.length) throw new ManifestError(broken.map(({ path, text }) => `${placeOf(MANIFEST, path)}: ${text}`));
  return facts;
};

/** As the command line sees it, before any engine runs: the manifest and Pulumi.<stack>.yaml in `folder`. */
export const loadFleet = (folder: string, stack: string): FleetFacts => readFleet(folder, stackSettings(folder, stack), `Pulumi.${stack}.yaml`);
