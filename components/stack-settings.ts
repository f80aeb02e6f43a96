import * as pulumi from "@pulumi/pulumi";

import type { StackConfig } from "../config/load";
import { SECRET_NAMES, SETTING_NAMES } from "../config/settings";

export interface StackSettings {
  /** What the manifest is checked against: the values of settings, and the names alone of secrets. */
  readonly config: StackConfig;
  /** Name → value; a value is known to the engine only. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The stack's configuration as the engine gives it to the program. */
export const stackSettings = (): StackSettings => {
  const config = new pulumi.Config();
  const given = <T>(
    names: readonly string[],
    read: (name: string) => T | undefined,
  ): Record<string, T> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = read(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const settings = given(SETTING_NAMES, (name) => config.get(name));
  const secrets = given(SECRET_NAMES, (name) => config.getSecret(name));
  return { config: { settings, secrets: Object.keys(secrets) }, secrets };
};
