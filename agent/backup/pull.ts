import { existsSync, mkdirSync, renameSync, rmSync, chmodSync } from "node:fs";
import { type Machine, must } from "../machine";
import { PLACES } from "../places";
import { type BackupManifest, MANIFEST, faultsOf, sizeOf } from "./manifest";
import { readJson } from "../files";
import { expired, idOf } from "./retention";
import { backupIds, folderOf, keepOf, writeStatus } from "./store";

export const peer = (command: string): readonly string[] => ["ssh", "-F", PLACES.sshConfig, "peer", command];

const take = async (machine: Machine, id: string): Promise<BackupManifest> => {
  await must(machine, peer("prepare"));
  const partial = `${folderOf(machine, id)}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  const [newest] = backupIds(machine);
  // Unchanged files are links to the ones of the backup before: a day of hourly backups is little more than one.
  const base = newest ? [`--link-dest=${folderOf(machine, newest)}`] : [];
  await must(machine, ["rsync", "-a", "--delete", ...base, "-e", `ssh -F ${PLACES.sshConfig}`, "peer:./", `${partial}/`]);
  chmodSync(partial, 0o700);
  const faults = faultsOf(partial);
  if (faults.length > 0) throw new Error(`what arrived is not what was prepared: ${faults.slice(0, 5).join("; ")}`);
  renameSync(partial, folderOf(machine, id));
  return readJson<BackupManifest>(`${folderOf(machine, id)}/${MANIFEST}`)!;
};

/** Fetches one backup of the primary, checks every file of it, and lets old ones go. Says how it went in status.json either way. */
export const pull = async (machine: Machine): Promise<void> => {
  const began = machine.now();
  mkdirSync(machine.at(PLACES.backups), { recursive: true, mode: 0o711 });
  const newest = (): { newest: string | null; newestAt: string | null } => {
    const [id] = backupIds(machine);
    return { newest: id ?? null, newestAt: id ? (readJson<BackupManifest>(`${folderOf(machine, id)}/${MANIFEST}`)?.at ?? null) : null };
  };
  try {
    let id = idOf(began);
    // Two pulls within a second are two backups.
    for (let next = began.getTime(); existsSync(folderOf(machine, id)); id = idOf(new Date(next))) next += 1000;
    const manifest = await take(machine, id);
    for (const old of expired(backupIds(machine), keepOf(machine))) rmSync(folderOf(machine, old), { recursive: true, force: true });
    const seconds = (machine.now().getTime() - began.getTime()) / 1000;
    writeStatus(machine, { ok: true, at: began.toISOString(), ...newest(), files: manifest.entries.length, bytes: sizeOf(manifest), seconds });
    machine.log(`backup ${id}: ${manifest.entries.length} files, ${sizeOf(manifest)} bytes, verified, ${seconds.toFixed(1)} s`);
  } catch (error) {
    writeStatus(machine, { ok: false, at: began.toISOString(), ...newest(), error: (error as Error).message });
    throw error;
  }
};
