import { readFileSync } from "node:fs";

import { codeOf, messageOf } from "@second-server/contract/caught";
import type { Check } from "@second-server/contract/check-settings";
import type { ObservatoryConfig } from "@second-server/contract/observatory";

import type { Watched } from "./alerts/check-state";
import { kindOf } from "./checks/kinds";
import { problemsOf } from "./validate";

/** The configuration can't be used: exit code 2. */
export class BadConfig extends Error {}

/** @throws with the file's name and what to do when it can't be read or parsed. */
export const readJson = <Value>(path: string): Value => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new BadConfig(
      `${path}: can't be read (${codeOf(error) ?? String(error)}). Give the right file with --config.`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw new BadConfig(
      `${path}: not JSON (${messageOf(error)}). Deploy again: the file is made from fleet.yaml.`,
      { cause: error },
    );
  }
};

/** @throws with every problem of the file at once. */
export const readConfig = (path: string): ObservatoryConfig => {
  const value = readJson<ObservatoryConfig>(path);
  const problems = problemsOf(value);
  if (problems.length > 0)
    throw new BadConfig(problems.map((problem) => `${path}: ${problem}`).join("\n"));
  return value;
};

/**
 * The primary's own check comes first; one that is listed again under `checks` is not run twice.
 */
export const checksOf = (config: ObservatoryConfig): readonly Check[] => {
  return [config.primary, ...config.checks.filter(({ id }) => id !== config.primary.id)];
};

/** The name of the machine that it connects to, or that it asks for. */
const hostOf = (check: Check): string | undefined => {
  if ("url" in check) return new URL(check.url).hostname;
  if ("host" in check) return check.host;
  return check.kind === "dns" ? check.name : undefined;
};

const isIn = (domain: string, host = ""): boolean => {
  const name = host.toLowerCase().replace(/\.$/, "");
  return name === domain || name.endsWith(`.${domain}`);
};

export const watchedOf = (check: Check, config: ObservatoryConfig): Watched => {
  return {
    inZone: isIn(config.domain.toLowerCase(), hostOf(check)),
    id: check.id,
    service: check.service,
    check,
    machine: check.machine ?? "primary",
    layer: check.layer ?? (check.id === config.primary.id ? "primary" : kindOf(check).layer),
    rule: {
      failAfter: check.failAfter ?? config.failAfter,
      passAfter: check.passAfter ?? config.passAfter,
    },
  };
};

/** Milliseconds; the timeout stays below the interval, so that a run never meets the next one. */
export const pace = (
  check: Check,
  config: ObservatoryConfig,
): { readonly intervalMs: number; readonly timeoutMs: number } => {
  const intervalMs =
    (check.intervalSeconds ?? Math.max(kindOf(check).leastSeconds ?? 0, config.intervalSeconds)) *
    1000;
  return {
    intervalMs,
    timeoutMs: Math.min((check.timeoutSeconds ?? config.timeoutSeconds) * 1000, intervalMs * 0.9),
  };
};
