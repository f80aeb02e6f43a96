import { readFileSync } from "node:fs";

import type { Check, Layer, ObservatoryConfig } from "@second-server/contract/observatory";

import type { Watched } from "./alerts/check-state";
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
      `${path}: can't be read (${(error as NodeJS.ErrnoException).code ?? String(error)}). Give the right file with --config.`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw new BadConfig(
      `${path}: not JSON (${(error as Error).message}). Deploy again: the file is made from fleet.yaml.`,
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

/** The primary's own check comes first; one that is listed again under `checks` is not run twice. */
export const checksOf = (config: ObservatoryConfig): readonly Check[] => {
  return [config.primary, ...config.checks.filter(({ id }) => id !== config.primary.id)];
};

const defaultLayer = (check: Check): Layer => {
  if (check.kind === "dns") return "dns";
  if (check.kind === "icmp" || check.kind === "ssh") return "primary";
  if (check.kind === "certificate") return "certificate";
  return check.kind === "backup" || check.kind === "drift" || check.kind === "heartbeat"
    ? "data"
    : "service";
};

export const watchedOf = (check: Check, config: ObservatoryConfig): Watched => {
  return {
    id: check.id,
    service: check.service,
    check,
    machine: check.machine ?? "primary",
    layer: check.layer ?? (check.id === config.primary.id ? "primary" : defaultLayer(check)),
    rule: {
      failAfter: check.failAfter ?? config.failAfter,
      passAfter: check.passAfter ?? config.passAfter,
    },
  };
};

/** What changes slowly is asked less often (seconds) unless the manifest says otherwise. */
const slow: ReadonlyMap<Check["kind"], number> = new Map([
  ["certificate", 60],
  ["backup", 60],
  ["heartbeat", 30],
  ["unit", 30],
  ["host", 30],
  ["drift", 3600],
]);

/** Milliseconds; the timeout stays below the interval, so that a run never meets the next one. */
export const pace = (
  check: Check,
  config: ObservatoryConfig,
): { readonly intervalMs: number; readonly timeoutMs: number } => {
  const intervalMs =
    (check.intervalSeconds ?? Math.max(slow.get(check.kind) ?? 0, config.intervalSeconds)) * 1000;
  return {
    intervalMs,
    timeoutMs: Math.min((check.timeoutSeconds ?? config.timeoutSeconds) * 1000, intervalMs * 0.9),
  };
};
