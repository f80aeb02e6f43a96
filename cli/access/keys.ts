import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Context } from "../context";
import { readSecretOutputs } from "../engine/outputs";
import { stateFile } from "../engine/state";
import { cannotRun } from "../errors";

export interface Access {
  readonly configFile: string;
}

const folder = (context: Context): string => join(context.paths.state, "ssh", context.stack);

/**
 * ssh_config for both machines: their permanent host keys are known beforehand, and no other is
 * accepted.
 */
export const sshConfig = (
  dir: string,
  user: string,
  machines: Readonly<Record<string, string>>,
): string =>
  Object.entries(machines)
    .map(([name, address]) =>
      [
        `Host ${name}`,
        `  HostName ${address}`,
        `  User ${user}`,
        `  IdentityFile "${join(dir, "id_admin")}"`,
        "  IdentitiesOnly yes",
        `  HostKeyAlias ${name}`,
        `  UserKnownHostsFile "${join(dir, "known_hosts")}"`,
        "  GlobalKnownHostsFile /dev/null",
        "  StrictHostKeyChecking yes",
        "  ConnectTimeout 10",
        "  LogLevel ERROR",
        "",
      ].join("\n"),
    )
    .join("\n");

/**
 * The key and ssh_config that `up` made, written beside the state (root-only) and renewed when the
 * state is newer.
 */
export const ensureAccess = async (context: Context): Promise<Access> => {
  const dir = folder(context);
  const configFile = join(dir, "config");
  const state = stateFile(context);
  if (
    existsSync(configFile) &&
    state !== undefined &&
    existsSync(state) &&
    statSync(configFile).mtimeMs >= statSync(state).mtimeMs
  )
    return { configFile };
  const outputs = await readSecretOutputs(context);
  const { primary, watcher, adminPrivateKey, adminUser } = outputs;
  if (!primary || !watcher || !adminPrivateKey || !adminUser)
    throw cannotRun(
      `fleet: the stack "${context.stack}" has no machines yet. Make them with: ./fleet up --stack ${context.stack}`,
    );
  const { prepared } = primary;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dir, "id_admin"), adminPrivateKey.trimEnd() + "\n", { mode: 0o600 });
  writeFileSync(
    join(dir, "known_hosts"),
    [
      `primary ${primary.hostKey}\nwatcher ${watcher.hostKey}\n`,
      ...(prepared ? [`prepared ${prepared.hostKey}\n`] : []),
    ].join(""),
  );
  writeFileSync(
    configFile,
    sshConfig(dir, adminUser, {
      primary: primary.address,
      watcher: watcher.address,
      ...(prepared && { prepared: prepared.address }),
    }),
    { mode: 0o600 },
  );
  return { configFile };
};
