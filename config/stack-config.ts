import { SECRET_NAMES } from "./settings";

export const PROJECT = "second-server";

export interface StackConfig {
  readonly settings: Readonly<Record<string, string>>;
  /** Names of the secrets that are set: their values can't be read without the engine. */
  readonly secrets: readonly string[];
}

/**
 * The stack's configuration out of keys such as "second-server:domain": as its file has them for
 * the command line, as the engine has them for the program.
 */
export const stackConfig = (values: Readonly<Record<string, unknown>>): StackConfig => {
  const own = new Map(
    Object.entries(values)
      .filter(([key]) => key.startsWith(`${PROJECT}:`))
      .map(([key, value]) => [key.slice(PROJECT.length + 1), value]),
  );
  return {
    settings: Object.fromEntries(
      [...own]
        .filter(([name, value]) => !SECRET_NAMES.includes(name) && typeof value !== "object")
        .map(([name, value]) => [name, String(value)]),
    ),
    secrets: SECRET_NAMES.filter((name) => own.has(name)),
  };
};
