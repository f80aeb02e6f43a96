import * as pulumi from "@pulumi/pulumi";
import { SECRETS } from "@second-server/contract/names";

import { LENT_TOKEN } from "../config/lent-token";
import { type StackConfig, stackConfig } from "../config/stack-config";

export interface StackSettings {
  /**
   * What the manifest is checked against: the values of settings, and the names alone of secrets.
   */
  readonly config: StackConfig;
  /** Name → value; a value is known to the engine only. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The stack's configuration as the engine gives it to the program. */
export const stackSettings = (): StackSettings => {
  const secretConfig = new pulumi.Config();
  const config = stackConfig(pulumi.runtime.allConfig());
  const secrets = Object.fromEntries(
    config.secrets.map((name) => [name, secretConfig.requireSecret(name)]),
  );
  const lent = process.env[LENT_TOKEN];
  if (lent === undefined || config.secrets.includes(SECRETS.failoverToken))
    return { config, secrets };
  return {
    config: { ...config, secrets: [...config.secrets, SECRETS.failoverToken] },
    secrets: { ...secrets, [SECRETS.failoverToken]: pulumi.secret(lent) },
  };
};
