import { existsSync } from "node:fs";

import type { OffsitePlace } from "@second-server/contract/backups";
import { SECRETS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { makeFolder, readJson, writeWhole } from "../files";
import type { Machine } from "../machine";
import type { Place } from "../repository/restic";

export const NO_PLACE =
  "fleet-agent backup offsite: the stack's settings name no third place. Set `offsite` (docs/backups.md), and run ./fleet up";

/** What systemd has handed this unit, or where root keeps it. */
const credential = (machine: Machine, name: string): string => {
  const handed = `${process.env["CREDENTIALS_DIRECTORY"] ?? ""}/${name}`;
  return existsSync(handed) ? handed : machine.at(`${PATHS.secrets}/${name}`);
};

export const hasOffsite = (machine: Machine): boolean =>
  existsSync(machine.at(`${PATHS.secrets}/${SECRETS.offsite}`));

/** Known by restic 0.14 too, which takes REST's user from nothing else. It is passed by environment. */
const withUser = ({ address, user, secret }: OffsitePlace): string =>
  user === undefined
    ? address
    : address.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(secret ?? "")}@`);

const sshOptions = (machine: Machine, { address, secret, hostKey }: OffsitePlace): string[] => {
  const { hostname, username, port } = new URL(address);
  const folder = machine.at(PATHS.offsiteKeys);
  makeFolder(folder, 0o700);
  writeWhole(`${folder}/key`, `${(secret ?? "").trimEnd()}\n`, 0o600);
  writeWhole(`${folder}/known_hosts`, `offsite ${hostKey ?? ""}\n`, 0o600);
  const words = [
    "ssh",
    ...["-F", "/dev/null", "-i", `${folder}/key`, "-l", username],
    ...(port === "" ? [] : ["-p", port]),
    ...[
      "IdentitiesOnly=yes",
      "BatchMode=yes",
      "HostKeyAlias=offsite",
      "StrictHostKeyChecking=yes",
      `UserKnownHostsFile=${folder}/known_hosts`,
      "ConnectTimeout=20",
      "ServerAliveInterval=30",
    ].flatMap((option) => ["-o", option]),
    ...[hostname.replace(/^\[|\]$/g, ""), "-s", "sftp"],
  ];
  return ["-o", `sftp.command=${words.join(" ")}`];
};

export interface Offsite extends Place {
  readonly place: OffsitePlace;
  readonly passwordFile: string;
}

/**
 * A place, and the repository that is copied into it, which the same password opens. By environment:
 * an address may have a password in it.
 */
export const copiedFrom = (into: Offsite, from: Place): Place => ({
  ...into,
  environment: {
    ...into.environment,
    RESTIC_FROM_REPOSITORY: from.address,
    RESTIC_FROM_PASSWORD_FILE: into.passwordFile,
  },
});

/** What restic has to be told to reach it: a kind of place a way. */
const waysOf = (machine: Machine, place: OffsitePlace): Place => {
  const { address, user, secret } = place;
  if (address.startsWith("s3:"))
    return {
      address,
      environment: { AWS_ACCESS_KEY_ID: user ?? "", AWS_SECRET_ACCESS_KEY: secret ?? "" },
    };
  if (address.startsWith("sftp:")) return { address, options: sshOptions(machine, place) };
  return { address: withUser(place) };
};

/** The third place as the stack's settings name it. */
export const openOffsite = (machine: Machine): Offsite => {
  const place = readJson<OffsitePlace>(credential(machine, SECRETS.offsite));
  if (place === undefined) throw new Error(NO_PLACE);
  return {
    ...waysOf(machine, place),
    place,
    fenced: true,
    passwordFile: credential(machine, SECRETS.repositoryPassword),
  };
};

/** A complaint that may be written down where others read it. */
export const withoutSecret = (text: string, { place: { secret } }: Offsite): string =>
  secret === undefined
    ? text
    : text.replaceAll(secret, "…").replaceAll(encodeURIComponent(secret), "…");
