import { existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { Release } from "../../config/release";
import { readApplied } from "../apply/record";
import { type Machine, must } from "../machine";
import { PLACES } from "../places";
import { sizeOf, writeManifest } from "./manifest";

type Data = Release["data"][number];

/** SQLite's own backup API, by way of Python's standard library, which every Debian machine with cloud-init has: consistent while the service writes. */
const SQLITE_BACKUP = "import sqlite3,sys\ns=sqlite3.connect(sys.argv[1],timeout=30)\nd=sqlite3.connect(sys.argv[2])\ns.backup(d)\nok=d.execute('pragma quick_check').fetchone()[0]\nd.close()\ns.close()\nsys.exit(0 if ok=='ok' else ok)\n";

/** A copy's time is its source's: an unchanged database is then the same file to rsync, and costs the watcher nothing. */
const keepTime = (source: string, copy: string): void => {
  const wal = `${source}-wal`;
  const at = Math.max(statSync(source).mtimeMs, existsSync(wal) ? statSync(wal).mtimeMs : 0) / 1000;
  utimesSync(copy, at, at);
};

const copyOne = async (machine: Machine, { kind, path }: Data, target: string): Promise<void> => {
  const source = machine.at(path);
  // A service that has written nothing yet has nothing to lose.
  if (!existsSync(source)) return;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  if (kind === "sqlite") {
    await must(machine, ["python3", "-c", SQLITE_BACKUP, source, target]);
    keepTime(source, target);
  } else {
    await must(machine, ["cp", "-a", source, target]);
  }
};

/** Makes consistent copies of everything that must survive, with a manifest, in the folder that the watcher reads. */
export const prepare = async (machine: Machine): Promise<void> => {
  const applied = readApplied(machine);
  if (!applied) throw new Error("fleet-agent prepare: no release is in force here yet, so there is nothing to back up.");
  const draft = machine.at(`${PLACES.export}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  for (const data of applied.release.data) await copyOne(machine, data, `${draft}/data/${relative(PLACES.serviceData, data.path)}`);
  if (existsSync(machine.at(PLACES.letsencrypt))) await must(machine, ["cp", "-a", machine.at(PLACES.letsencrypt), `${draft}/letsencrypt`]);
  const manifest = writeManifest(draft, machine.now(), applied.sha);
  const old = machine.at(`${PLACES.export}.old`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(machine.at(PLACES.export))) renameSync(machine.at(PLACES.export), old);
  renameSync(draft, machine.at(PLACES.export));
  rmSync(old, { recursive: true, force: true });
  machine.log(`prepared ${manifest.entries.length} files, ${sizeOf(manifest)} bytes`);
};
