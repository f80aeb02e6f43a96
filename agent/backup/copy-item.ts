import {
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statfsSync,
  utimesSync,
} from "node:fs";
import { dirname, relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { bytesOf, shown } from "../file-names";
import { type Machine, must } from "../machine";
import { LIMITS, strangersOf } from "./manifest";

type Data = Release["data"][number];

/** A database that is held longer than this by its service is told of, and the other items go on. */
const HELD_SECONDS = 20;
/** For one copy of one item, whatever it is. */
const STEP_SECONDS = 300;

/**
 * SQLite's own backup API by way of Python's standard library, which every Debian machine with cloud-init has: consistent while the service writes.
 * The copy is one plain file (no write-ahead log of its own), checked before it counts. Python's backup() waits for a held database without end, unless its
 * progress function objects.
 */
const SQLITE_BACKUP = `
import sqlite3, sys, time
source, copy = (sqlite3.connect(path, timeout=2) for path in sys.argv[1:3])
until = time.monotonic() + ${HELD_SECONDS}
def progress(status, remaining, total):
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
        raise sqlite3.OperationalError("it was locked by its service for ${HELD_SECONDS} s (locking_mode=exclusive, or one long transaction)")
try:
    source.backup(copy, progress=progress)
    source.close()
    copy.execute("pragma journal_mode = delete")
    answer = copy.execute("pragma quick_check").fetchone()[0]
    copy.close()
except sqlite3.Error as error:
    sys.exit(f"{sys.argv[1]}: {error}")
sys.exit(0 if answer == "ok" else f"{sys.argv[1]}: {answer}")
`;

/** When a database last changed, in seconds. */
const changedAt = (source: string): number =>
  Math.max(
    ...[source, `${source}-wal`]
      .filter((path) => existsSync(path))
      .map((path) => lstatSync(path).mtimeMs),
  ) / 1000;

/** The last words of a program, which quote file names: never more than a line, without control characters. */
const lastWords = (stderr: string): string => {
  const lines = stderr.trim().split("\n");
  return shown(lines.at(-1) ?? "");
};

const run = async (machine: Machine, argv: readonly string[], what: string): Promise<void> => {
  const { code, stderr } = await machine.run(argv, { seconds: STEP_SECONDS });
  if (code !== 0) throw new Error(`${what}: ${lastWords(stderr)}`);
};

const COPIES = 3;
const listing = async (machine: Machine, folder: string): Promise<string> =>
  (
    await machine.run(["find", folder, "-printf", "%P %y %s %T@\\n"], {
      seconds: STEP_SECONDS,
    })
  ).stdout;

/** cp's complaints about what went while it was at work: nothing else has failed then. */
const onlyVanished = (stderr: string): boolean => {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 0 && lines.every((line) => line.endsWith(": No such file or directory"));
};

/** A folder is copied again while files come, go or grow in it, so that what belongs together is of one moment; one that never rests is taken as it is found. */
const copyFolder = async (machine: Machine, source: string, target: string): Promise<void> => {
  const name = relative(machine.at("/"), source);
  for (let copy = 1; ; copy++) {
    const before = await listing(machine, source);
    rmSync(target, { recursive: true, force: true });
    const { code, stderr } = await machine.run(["cp", "-a", "--", source, target], {
      seconds: STEP_SECONDS,
    });
    if (code === 0 && (await listing(machine, source)) === before) return;
    if (copy < COPIES) continue;
    if (code !== 0 && !onlyVanished(stderr))
      throw new Error(`${source} can't be copied: ${lastWords(stderr)}`);
    const gone = code === 0 ? 0 : stderr.trim().split("\n").length;
    machine.log(
      `${shown(name)}: it changed during each of ${COPIES} copies; its files may be of different moments${gone > 0 ? `, and ${gone} that went meanwhile are left out` : ""}`,
    );
    return;
  }
};

/** Sockets and pipes of a running service are no data; rights of another user are nobody's to give back. */
const plain = async (machine: Machine, target: string, item: string): Promise<void> => {
  const strangers = strangersOf(target);
  for (const path of strangers) rmSync(bytesOf(`${target}/${path}`), { force: true });
  if (strangers.length > 0)
    machine.log(
      `${item}: ${strangers.length} that are neither file nor link are left out: ${strangers.slice(0, 5).map(shown).join(", ")}`,
    );
  await must(
    machine,
    ["find", target, "-perm", "/7000", "!", "-type", "l", "-exec", "chmod", "a-st", "{}", "+"],
    {
      seconds: STEP_SECONDS,
    },
  );
};

/** What a folder holds, before any of it is copied: more than one backup may be, or than this disk has room for, is refused. */
const checkSize = async (machine: Machine, source: string, target: string): Promise<void> => {
  const { stdout } = await machine.run(["du", "-s", "--inodes", "--", source], {
    seconds: STEP_SECONDS,
  });
  const files = Number(stdout.split("\t")[0]);
  if (files > LIMITS.files)
    throw new Error(`its ${files} files are more than the ${LIMITS.files} of a backup`);
  const used = await machine.run(["du", "-s", "--block-size=1", "--", source], {
    seconds: STEP_SECONDS,
  });
  const bytes = Number(used.stdout.split("\t")[0]);
  const { bavail, bsize } = statfsSync(dirname(target));
  if (bytes > bavail * bsize)
    throw new Error(
      `its copy needs ${bytes} bytes, and the primary's disk has ${bavail * bsize} left`,
    );
};

const KIND_WORDS = { file: "file", sqlite: "file", directory: "folder" } as const;
const isOfKind = (source: string, kind: Data["kind"]): boolean => {
  const seen = lstatSync(source);
  return kind === "directory" ? seen.isDirectory() : seen.isFile();
};

/** A link on the way, or at its end, would have the agent read what the service itself can't. */
const checkWay = (machine: Machine, source: string, kind: Data["kind"]): void => {
  const root = machine.at(PATHS.serviceData);
  const meant = `${realpathSync(root)}/${relative(root, source)}`;
  if (`${realpathSync(dirname(source))}/${source.slice(dirname(source).length + 1)}` !== meant)
    throw new Error("a folder on the way to it is a link");
  if (!isOfKind(source, kind)) throw new Error(`it is no ${KIND_WORDS[kind]}`);
  if (kind === "sqlite")
    for (const beside of ["-wal", "-shm", "-journal"].map((end) => `${source}${end}`))
      if (existsSync(beside) && !lstatSync(beside).isFile())
        throw new Error(`its ${shown(beside.slice(source.length))} is no file`);
};

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** @returns whether there was anything to copy: a service that has written nothing yet has nothing to lose. */
export const copyItem = async (
  machine: Machine,
  { kind, path }: Data,
  target: string,
): Promise<boolean> => {
  const source = machine.at(path);
  if (!isThere(source)) return false;
  checkWay(machine, source, kind);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  await checkSize(machine, source, target);
  switch (kind) {
    case "sqlite": {
      // The copy's time is its source's, taken before: an unchanged database is the same file to rsync and costs the watcher nothing, and one that changes meanwhile looks older than it is.
      const at = changedAt(source);
      await run(machine, ["python3", "-I", "-c", SQLITE_BACKUP, source, target], "SQLite");
      utimesSync(target, at, at);
      return true;
    }
    case "directory":
      await copyFolder(machine, source, target);
      await plain(machine, target, shown(path));
      return true;
    case "file":
      await run(machine, ["cp", "-a", "--no-dereference", "--", source, target], "cp");
      await plain(machine, dirname(target), shown(path));
      return true;
    default:
      return kind satisfies never;
  }
};
