import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";

import type { BackupStatus, RepositoryStatus } from "@second-server/contract/backups";

import { writeManifest } from "../../../agent/backup/manifest";
import { noteOrder } from "../../../agent/backup/store";
import { PASSWORD } from "./repository-template";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

export const FOLDER = "/var/lib/fleet-backups";
export const REPOSITORY = "/var/lib/fleet-repository";

/** A watcher in a folder that has been given the repository's password, and has this repository. */
export const watcher = (repository?: string): TemporaryMachine => {
  const machine = temporaryMachine();
  machine.write("/etc/fleet/secrets/repository-password", PASSWORD);
  policy(machine, { hourly: 24, daily: 7, weekly: 4 }, 60);
  if (repository !== undefined) cpSync(repository, machine.at(REPOSITORY), { recursive: true });
  return machine;
};

export const policy = (
  machine: TemporaryMachine,
  keep: { hourly: number; daily: number; weekly: number },
  everyMinutes: number,
): void => {
  machine.write("/etc/fleet/backup.json", JSON.stringify({ keep, everyMinutes }));
};

/** A pulled backup's folder. */
export const keepFolder = (
  machine: TemporaryMachine,
  id: string,
  texts: Readonly<Record<string, string>>,
  failed: Readonly<Record<string, string>> = {},
): void => {
  const folder = machine.at(`${FOLDER}/${id}`);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(texts)) machine.write(`${FOLDER}/${id}/${path}`, text);
  noteOrder(machine, id);
  writeManifest(folder, machine.now(), "abc", [
    ...Object.keys(texts).map((path) => ({ path })),
    ...Object.entries(failed).map(([path, reason]) => ({ path, failed: reason })),
  ]);
};

export const statusOf = (machine: TemporaryMachine): RepositoryStatus =>
  (JSON.parse(machine.read(`${FOLDER}/status.json`)) as BackupStatus).repository ?? {};

/** restic itself, as an owner would run it by hand. */
export const resticOn = (machine: TemporaryMachine, ...words: readonly string[]): string =>
  execFileSync("restic", ["--no-cache", "--repo", machine.at(REPOSITORY), ...words], {
    encoding: "utf8",
    env: {
      ...process.env,
      RESTIC_PASSWORD_FILE: machine.at("/etc/fleet/secrets/repository-password"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });

/** The text of one file of one backup in the repository. */
export const textIn = (machine: TemporaryMachine, id: string, path: string): string =>
  resticOn(machine, "dump", "--tag", `id=${id}`, "latest", `/${path}`);

/** Without the folders: what is asked of the repository can only come from there. */
export const dropFolders = (machine: TemporaryMachine, ...ids: readonly string[]): void => {
  for (const id of ids) rmSync(machine.at(`${FOLDER}/${id}`), { recursive: true, force: true });
};
