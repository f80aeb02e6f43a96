import { join } from "node:path";

import { jest } from "@jest/globals";

import { readStackConfig } from "../../config/load";
import type { StackConfig } from "../../config/stack-config";

export const ROOT = join(__dirname, "../..");

/** As it is committed: a primary that was rebuilt from this clone has written which one serves. */
export const localConfig = (): StackConfig => {
  const { settings, ...rest } = readStackConfig(ROOT, "local");
  const others = Object.entries(settings).filter(([name]) => name !== "primaries");
  return { ...rest, settings: Object.fromEntries(others) };
};

/** index.ts afresh: a program is run once a process by the engine. */
export const load = (): Record<string, unknown> => {
  let exported: Record<string, unknown> = {};
  jest.isolateModules(() => {
    exported = { ...jest.requireActual<Record<string, unknown>>(join(ROOT, "index.ts")) };
  });
  return exported;
};
