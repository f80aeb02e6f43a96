import { statSync } from "node:fs";
import { join } from "node:path";

import { SECRETS } from "@second-server/contract/names";
import { z } from "zod";

import { staleCompressed } from "./compressed-files";
import { factsOf } from "./facts";
import type { FleetFacts } from "./fleet";
import { knownKeys } from "./json-schema";
import { offsiteProblems } from "./offsite";
import { ManifestError, issueLines, placeOf } from "./problems";
import { brokenRules, missingSecrets } from "./rules";
import { manifestSchema } from "./schema";
import { SETTING_NAMES, settingsSchema } from "./settings";
import { readSourceFolder } from "./source-folder";
import { PROJECT, type StackConfig, stackConfig } from "./stack-config";
import { readYaml } from "./yaml-file";

const MANIFEST = "fleet.yaml";
const LOCAL_STACK = "local";

/** A stack's file as it is: names of all projects → values; an encrypted one is a mapping. */
const stackFile = (folder: string, stack: string): Readonly<Record<string, unknown>> => {
  const file = z
    .object({ config: z.record(z.string(), z.unknown()).nullish() })
    .safeParse(readYaml(folder, `Pulumi.${stack}.yaml`).value);
  return file.data?.config ?? {};
};

/** In the local DigitalOcean `./fleet` makes the token itself. */
const withLent = (stack: string, config: StackConfig): StackConfig =>
  stack === LOCAL_STACK
    ? { ...config, secrets: [...new Set([...config.secrets, SECRETS.failoverToken])] }
    : config;

/** The stack's configuration as its file has it. */
export const readStackConfig = (folder: string, stack: string): StackConfig =>
  withLent(stack, stackConfig(stackFile(folder, stack)));

/** What lies in services' folders and can't be brought to a server. */
const sourceProblems = (folder: string, { services }: FleetFacts): string[] =>
  services.flatMap(({ kind, folder: own }) => {
    if (!own || !statSync(join(folder, own), { throwIfNoEntry: false })?.isDirectory()) return [];
    const { problems, files } = readSourceFolder(join(folder, own));
    const paths = kind === "static" ? files.map(({ path }) => path) : [];
    return [...problems, ...staleCompressed(join(folder, own), paths)].map(
      ({ path, text }) => `${own}/${path}: ${text}`,
    );
  });

/** What of services' folders stays at home, to be told where somebody looks at a plan. */
export const leftOutOf = (folder: string, { services }: FleetFacts): string[] =>
  services.flatMap(({ kind, folder: own }) => {
    if (!own) return [];
    const { leftOut, notSources } = readSourceFolder(join(folder, own));
    // A program is made without them; a site may have been made with them.
    const all = kind === "static" ? [...leftOut, ...notSources].sort() : leftOut;
    const why = [
      ...(leftOut.length > 0 ? ["of names that begin with a dot only .well-known is brought"] : []),
      ...(all.length > leftOut.length ? ["node_modules and __pycache__ never are"] : []),
    ];
    return all.length === 0 ? [] : [`${own}: left out: ${all.join(", ")} (${why.join("; ")}).`];
  });

/**
 * Checks the manifest in `folder` with the given settings and names of secrets; throws one
 * `ManifestError` with every problem found.
 */
export const readFleet = (folder: string, stack: StackConfig, settingsFile: string): FleetFacts => {
  const { settings: raw, secrets } = stack;
  const settings = settingsSchema.safeParse(raw);
  const { value, written } = readYaml(folder, MANIFEST);
  const manifest = manifestSchema.safeParse(value, { reportInput: true });
  const problems = [
    ...(settings.success
      ? []
      : issueLines(
          settingsFile,
          settings.error.issues.map((issue) => ({
            ...issue,
            path: [`${PROJECT}:${issue.path.join(".")}`],
          })),
          () => SETTING_NAMES,
        )),
    ...(manifest.success ? [] : issueLines(MANIFEST, manifest.error.issues, knownKeys, written)),
  ];
  if (!settings.success || !manifest.success) throw new ManifestError(problems);
  const facts = factsOf(manifest.data, settings.data, stack);
  const is = (test: "isFile" | "isDirectory") => (path: string) =>
    statSync(join(folder, path), { throwIfNoEntry: false })?.[test]() ?? false;
  const broken = brokenRules(facts, { isFile: is("isFile"), isFolder: is("isDirectory") });
  const found = [
    ...offsiteProblems(facts.offsite).map(
      ({ path, text }) => `${placeOf(settingsFile, [`${PROJECT}:${path}`])}: ${text}`,
    ),
    ...missingSecrets(facts, secrets).map(
      ({ path, text }) => `${placeOf(settingsFile, [`${PROJECT}:${path}`])}: ${text}`,
    ),
    ...broken.map(({ path, text }) => `${placeOf(MANIFEST, path)}: ${text}`),
    ...sourceProblems(folder, facts),
  ];
  if (found.length) throw new ManifestError(found);
  return facts;
};

/**
 * As the command line sees it, before any engine runs: the manifest and Pulumi.<stack>.yaml in
 * `folder`.
 */
export const loadFleet = (folder: string, stack: string): FleetFacts =>
  readFleet(folder, readStackConfig(folder, stack), `Pulumi.${stack}.yaml`);
