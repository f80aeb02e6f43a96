import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";

import { UNITS, USERS } from "@second-server/contract/names";
import { DEBIAN_PATHS, PATHS, unitPath } from "@second-server/contract/paths";
import type { Identity } from "@second-server/contract/release";
import { CONTRACT_VERSION } from "@second-server/contract/version";

import { look, readJson, sha256, writeWhole, makeFolder } from "./files";
import { type Machine, must } from "./machine";
import { authorizeOperators } from "./operator-keys";
import { settlePeer } from "./peer-account";
import { note, readApplied } from "./record";

const line = (text: string): string => `${text.trimEnd()}\n`;

/** Refuses what would be written into files that other programs parse line by line. */
export const parseIdentity = (text: string): Identity => {
  let value: Identity;
  try {
    value = JSON.parse(text) as Identity;
  } catch {
    throw new Error("fleet-agent identity: standard input is not JSON. It is sent by `up`.");
  }
  if (value.format !== CONTRACT_VERSION)
    throw new Error(
      `fleet-agent identity: format ${String(value.format)} is not known here. The agent on this machine is older than the program.`,
    );
  const oneLine: readonly (readonly [string, string | undefined])[] = [
    ["peer.address", value.peer?.address],
    ["peer.hostKey", value.peer?.hostKey],
    ["incomingPublicKey", value.incomingPublicKey],
  ];
  for (const [name, text_] of oneLine)
    if (text_ !== undefined && /[\n\r"]/.test(text_.trimEnd()))
      throw new Error(`fleet-agent identity: ${name} is not one plain line.`);
  for (const name of Object.keys(value.secrets))
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
      throw new Error(`fleet-agent identity: "${name}" can't be a secret's name.`);
  return value;
};

/**
 * ssh_config for the way to the other machine, `ssh -F … peer`: its host key is known beforehand,
 * and nothing is ever asked.
 */
export const sshConfigOf = ({ peer }: Identity): string =>
  line(
    [
      "Host peer",
      `  HostName ${peer.address}`,
      `  User ${USERS.peer}`,
      `  IdentityFile ${PATHS.peerKey}`,
      "  IdentitiesOnly yes",
      "  HostKeyAlias peer",
      `  UserKnownHostsFile ${PATHS.knownHosts}`,
      "  GlobalKnownHostsFile /dev/null",
      "  StrictHostKeyChecking yes",
      "  BatchMode yes",
      "  ConnectTimeout 10",
      "  ServerAliveInterval 15",
      "  ServerAliveCountMax 4",
      "  LogLevel ERROR",
    ].join("\n"),
  );

/**
 * Leaves the permanent host key alone in force. The first boot's is not needed any more: whoever
 * sends an identity has come by the permanent one, and has noted that.
 */
const setHostKey = async (machine: Machine, key: string): Promise<boolean> => {
  const path = machine.at(PATHS.sshHostKey);
  const folder = machine.at(DEBIAN_PATHS.ssh);
  const others = readdirSync(folder).filter((name) => /^ssh_host_(rsa|ecdsa|dsa)_key/.test(name));
  for (const name of others) rmSync(`${folder}/${name}`);
  if (existsSync(path) && line(readFileSync(path, "utf8")) === line(key)) return others.length > 0;
  writeWhole(path, line(key), 0o600);
  writeWhole(`${path}.pub`, await must(machine, ["ssh-keygen", "-y", "-f", path]), 0o644);
  return true;
};

/**
 * Writes what is new, takes away what is no longer given, and returns the names whose value is not
 * what it was.
 */
const keepSecrets = (machine: Machine, secrets: Identity["secrets"]): readonly string[] => {
  const folder = machine.at(PATHS.secrets);
  makeFolder(folder, 0o700);
  for (const name of readdirSync(folder))
    if (!Object.hasOwn(secrets, name)) rmSync(`${folder}/${name}`);
  const changed = Object.entries(secrets).filter(
    ([name, value]) => look(`${folder}/${name}`)?.sha256 !== sha256(value),
  );
  for (const [name, value] of changed) writeWhole(`${folder}/${name}`, value, 0o600);
  return changed.map(([name]) => name);
};

/**
 * systemd hands a unit its secrets (LoadCredential=) when it starts: those that hold an old one
 * start again.
 */
const renewCredentials = async (machine: Machine, changed: readonly string[]): Promise<void> => {
  const holds = (unit: string): boolean => {
    const path = machine.at(unitPath(unit));
    return (
      existsSync(path) &&
      changed.some((name) =>
        readFileSync(path, "utf8")
          .split("\n")
          .includes(`LoadCredential=${name}:${PATHS.secrets}/${name}`),
      )
    );
  };
  const units = (readApplied(machine)?.release.units ?? []).map(({ name }) => name).filter(holds);
  if (units.length > 0) await must(machine, ["systemctl", "try-restart", "--", ...units]);
};

const wayToPeer = (machine: Machine): string =>
  [PATHS.peerKey, PATHS.knownHosts, PATHS.sshConfig]
    .map((path) => look(machine.at(path))?.sha256 ?? "")
    .join(" ");

/**
 * Makes this machine the one that `up` says it is. Idempotent; sshd is reloaded last, and running
 * connections stay.
 */
export const takeIdentity = async (machine: Machine, identity: Identity): Promise<void> => {
  const secrets = keepSecrets(machine, identity.secrets);
  writeWhole(machine.at(PATHS.identity), `${JSON.stringify(identity, undefined, 2)}\n`, 0o600);
  if (identity.peer) {
    const before = wayToPeer(machine);
    writeWhole(machine.at(PATHS.peerKey), line(identity.outgoingPrivateKey), 0o600);
    writeWhole(machine.at(PATHS.knownHosts), line(`peer ${identity.peer.hostKey.trim()}`), 0o644);
    writeWhole(machine.at(PATHS.sshConfig), sshConfigOf(identity), 0o644);
    await settlePeer(machine, identity);
    // It is connected to the one before for as long as that one lives, and has its key.
    if (identity.role === "watcher" && before !== wayToPeer(machine))
      await machine.run(["systemctl", "try-restart", "--", UNITS.live]);
  }
  await authorizeOperators(machine, identity);
  await renewCredentials(machine, secrets);
  const changed = await setHostKey(machine, identity.hostPrivateKey);
  if (changed) await must(machine, ["systemctl", "reload-or-restart", UNITS.ssh]);
  note(
    machine,
    `identity: ${identity.role} at ${identity.self.address}${changed ? ", permanent host key in force" : ""}`,
  );
  machine.log(`identity: this is the ${identity.role} (${identity.self.address})`);
};

export const readIdentity = (machine: Machine): Identity => {
  const identity = readJson<Identity>(machine.at(PATHS.identity));
  if (!identity)
    throw new Error(`${PATHS.identity}: this machine has no identity yet. Run ./fleet up`);
  return identity;
};
