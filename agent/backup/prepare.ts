import { existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, relative } from "node:path";

import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { type Machine, must } from "../machine";
import { readApplied } from "../record";
import { sizeOf, writeManifest } from "./manifest";

type Data = Release["data"][number];

/**
 * SQLite's own backup API by way of Python's standard library, which every Debian machine with cloud-init has: consistent while the service writes.
 * The copy is one plain file (no write-ahead log of its own), checked before it counts.
 */
const SQLITE_BACKUP = `
import sqlite3, sys
source, copy = (sqlite3.connect(path, timeout=30) for path in sys.argv[1:3])
source.backup(copy)
source.close()
copy.execute("pragma journal_mode = delete")
answer = copy.execute("pragma quick_check").fetchone()[0]
copy.close()
sys.exit(0 if answer == "ok" else f"{sys.argv[1]}: {answer}")
`;

/** When a database last changed, in seconds. */
const changedAt = (source: string): number =>
  Math.max(
    ...[source, `${source}-wal`]
      .filter((path) => existsSync(path))
      .map((path) => statSync(path).mtimeMs),
  ) / 1000;

const COPIES = 3;
const listing = async (machine: Machine, folder: string): Promise<string> =>
  (await machine.run(["find", folder, "-printf", "%P %y %s %T@\\n"])).stdout;

/** A folder is copied again while files come, go or grow in it, so that what belongs together is of one moment; one that never rests is taken as it is found. */
const copyFolder = async (machine: Machine, source: string, target: string): Promise<void> => {
  for (let copy = 1; ; copy++) {
    const before = await listing(machine, source);
    rmSync(target, { recursive: true, force: true });
    const { code, stderr } = await machine.run(["cp", "-a", "--", source, target]);
    if (code === 0 && (await listing(machine, source)) === before) return;
    if (copy < COPIES) continue;
    if (code !== 0) throw new Error(`${source} can't be copied: ${stderr.trim()}`);
    machine.log(
      `${source}: it changed during each of ${COPIES} copies; its files may be of different moments`,
    );
    return;
  }
};

const copyOne = async (machine: Machine, { kind, path }: Data, target: string): Promise<void> => {
  const source = machine.at(path);
  // A service that has written nothing yet has nothing to lose.
  if (!existsSync(source)) return;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  switch (kind) {
    case "sqlite": {
      // The copy's time is its source's, taken before: an unchanged database is the same file to rsync and costs the watcher nothing, and one that changes meanwhile looks older than it is.
      const at = changedAt(source);
      await must(machine, ["python3", "-I", "-c", SQLITE_BACKUP, source, target]);
      utimesSync(target, at, at);
      return;
    }
    case "directory":
      await copyFolder(machine, source, target);
      return;
    case "file":
      await must(machine, ["cp", "-a", "--", source, target]);
      return;
    default:
      kind satisfies never;
  }
};

/** Makes consistent copies of everything that must survive, with a manifest, in the folder that the watcher reads. */
export const prepare = async (machine: Machine): Promise<void> => {
  const applied = readApplied(machine);
  if (!applied)
    throw new Error(
      "fleet-agent backup prepare: no release is in force here yet, so there is nothing to back up.",
    );
  const draft = machine.at(`${PATHS.backupExport}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  for (const data of applied.release.data)
    await copyOne(machine, data, `${draft}/data/${relative(PATHS.serviceData, data.path)}`);
  if (existsSync(machine.at(DEBIAN_PATHS.letsencrypt)))
    await must(machine, [
      "cp",
      "-a",
      "--",
      machine.at(DEBIAN_PATHS.letsencrypt),
      `${draft}/letsencrypt`,
    ]);
  const manifest = writeManifest(draft, machine.now(), applied.sha);
  const old = machine.at(`${PATHS.backupExport}.old`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(machine.at(PATHS.backupExport))) renameSync(machine.at(PATHS.backupExport), old);
  renameSync(draft, machine.at(PATHS.backupExport));
  rmSync(old, { recursive: true, force: true });
  machine.log(`prepared ${manifest.entries.length} files, ${sizeOf(manifest)} bytes`);
};
