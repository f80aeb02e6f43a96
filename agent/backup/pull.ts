import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { readJson } from "../files";
import { type Machine, must } from "../machine";
import { type BackupManifest, MANIFEST, faultsOf, sizeOf } from "./manifest";
import { expired, idOf } from "./retention";
import { backupIds, folderOf, keepOf, recordStatus } from "./store";

export const peer = (command: string): readonly string[] => [
  "ssh",
  "-F",
  PATHS.sshConfig,
  "peer",
  command,
];

const partial = (machine: Machine): string => machine.at(`${PATHS.backups}/.partial`);

/** Into one folder that a killed pull leaves behind and the next one completes. Unchanged files are links to the backup before: a day of hourly backups is little more than one. */
const fetch = async (machine: Machine, options: readonly string[]): Promise<readonly string[]> => {
  const [newest] = backupIds(machine);
  const base = newest === undefined ? [] : [`--link-dest=${folderOf(machine, newest)}`];
  await must(machine, [
    "rsync",
    "-a",
    "--delete",
    ...options,
    ...base,
    "-e",
    `ssh -F ${PATHS.sshConfig}`,
    "peer:./",
    `${partial(machine)}/`,
  ]);
  return faultsOf(partial(machine));
};

const take = async (machine: Machine, id: string): Promise<BackupManifest> => {
  await must(machine, peer("prepare"));
  mkdirSync(partial(machine), { recursive: true, mode: 0o700 });
  let faults = await fetch(machine, []);
  // rsync goes by size and time; a file that it took for unchanged and is not is fetched by content.
  if (faults.length > 0) faults = await fetch(machine, ["--checksum"]);
  if (faults.length > 0)
    throw new Error(
      `fleet-agent backup pull: what arrived is not what was prepared: ${faults.slice(0, 5).join("; ")}`,
    );
  chmodSync(partial(machine), 0o700);
  await must(machine, ["sync", "-f", partial(machine)]);
  renameSync(partial(machine), folderOf(machine, id));
  return readJson<BackupManifest>(`${folderOf(machine, id)}/${MANIFEST}`)!;
};

/** Two pulls within a second are two backups. */
const freeId = (machine: Machine, at: Date): string =>
  existsSync(folderOf(machine, idOf(at)))
    ? freeId(machine, new Date(at.getTime() + 1000))
    : idOf(at);

/** Fetches one backup of the primary, checks every file of it, and lets old ones go. Says how it went in status.json either way. */
export const pull = async (machine: Machine): Promise<void> => {
  const began = machine.now();
  const id = freeId(machine, began);
  mkdirSync(machine.at(PATHS.backups), { recursive: true, mode: 0o711 });
  try {
    const manifest = await take(machine, id);
    const gone = expired(backupIds(machine), keepOf(machine));
    for (const old of gone) rmSync(folderOf(machine, old), { recursive: true, force: true });
    const [files, bytes, seconds] = [
      manifest.entries.length,
      sizeOf(manifest),
      (machine.now().getTime() - began.getTime()) / 1000,
    ];
    recordStatus(machine, {
      ok: true,
      at: began.toISOString(),
      newest: id,
      newestVerifiedAt: manifest.at,
      files,
      bytes,
      seconds,
      error: undefined,
    });
    machine.log(
      `backup ${id}: ${files} files, ${bytes} bytes, verified, ${seconds.toFixed(1)} s${gone.length > 0 ? `; ${gone.length} old let go` : ""}`,
    );
  } catch (error) {
    // On a full disk the status can't be written either: its age tells the Observatory, and the first reason is what counts here.
    try {
      recordStatus(machine, {
        ok: false,
        at: began.toISOString(),
        error: (error as Error).message,
      });
    } catch (second) {
      machine.log((second as Error).message);
    }
    throw error;
  }
};
