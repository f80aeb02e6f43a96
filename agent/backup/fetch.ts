import { chmodSync, lstatSync, statfsSync } from "node:fs";

import { bytesOf, shown } from "../file-names";
import { writeWhole } from "../files";
import { type Machine, must } from "../machine";
import {
  type BackupManifest,
  type Entry,
  LIMITS,
  MANIFEST,
  faultsOf,
  readManifest,
} from "./manifest";
import { ANSWER_LIMIT, peer, sshOf } from "./peer-link";
import { type Within, withinQuota } from "./quota";
import { Refused } from "./refusals";
import { backupIds, folderOf, isSound, quotaOf } from "./store";

/** An honest primary is done long before; each of its steps has a shorter deadline of its own. */
const PREPARE_SECONDS = 20 * 60;
const FETCH_SECONDS = 2 * 3600;
const MANIFEST_SECONDS = 120;

/**
 * Files, folders and links, none of which runs with another's rights: owners are set when they are
 * put back.
 */
const KINDS = [
  "-rlptSH",
  "--no-devices",
  "--no-specials",
  // Whoever pulls is not root: what its owner may not read could not be verified, nor let go.
  "--chmod=a-s,o-w,u+rw,Du+x",
  "--timeout=120",
] as const;
const rsync = (...words: readonly string[]): readonly string[] => [
  "rsync",
  ...KINDS,
  "-e",
  sshOf().join(" "),
  ...words,
];

/** By itself and first: what it tells bounds everything after it. */
const fetchManifest = async (machine: Machine, folder: string): Promise<BackupManifest> => {
  const { code, stderr } = await machine.run(
    rsync(`--max-size=${LIMITS.manifestBytes}`, `peer:./${MANIFEST}`, `${folder}/${MANIFEST}`),
    { seconds: MANIFEST_SECONDS, limit: ANSWER_LIMIT },
  );
  if (code !== 0)
    throw new Refused(
      `fleet-agent backup pull: ${MANIFEST} can't be fetched from the primary: ${shown(stderr.trim())}`,
    );
  const manifest = readManifest(folder);
  if ("fault" in manifest)
    throw new Refused(
      `fleet-agent backup pull: refused what the primary gives: ${manifest.fault}, or is no regular file of at most ${LIMITS.manifestBytes} bytes`,
    );
  return manifest;
};

const isFile = (entry: Entry): entry is Exclude<Entry, { link: string }> => "sha256" in entry;

const nodeOf = (path: string): string | undefined => {
  try {
    const seen = lstatSync(bytesOf(path));
    return seen.isFile() ? `${seen.dev}:${seen.ino}` : undefined;
  } catch {
    return undefined;
  }
};
const sharesFiles = (machine: Machine, id: string, other: string): boolean => {
  const manifest = readManifest(folderOf(machine, id));
  return (
    "fault" in manifest ||
    manifest.entries.some((entry) => {
      const node = nodeOf(`${folderOf(machine, id)}/${entry.path}`);
      return node !== undefined && node === nodeOf(`${folderOf(machine, other)}/${entry.path}`);
    })
  );
};

/**
 * The backup whose unchanged files the new one links to: the newest that has no file in common with
 * the newest of all. So the newest two never share one, and a file that is damaged in one is whole
 * in the other; days of hourly backups take little more than twice the room of one.
 */
export const baseFor = (machine: Machine): string | undefined => {
  const [newest, ...older] = backupIds(machine);
  return newest === undefined ? undefined : older.find((id) => !sharesFiles(machine, id, newest));
};

/** The Observatory on the same disk needs to write. */
const SPARE_BYTES = 128 * 1024 * 1024;
const SPARE_FILES = 2000;

const bytesNeeded = (
  machine: Machine,
  manifest: BackupManifest,
  base: string | undefined,
): number => {
  const known = base === undefined ? undefined : readManifest(folderOf(machine, base));
  const linked = new Set(
    known && !("fault" in known)
      ? known.entries.filter(isFile).map(({ path, sha256 }) => `${path} ${sha256}`)
      : [],
  );
  return manifest.entries
    .filter(isFile)
    .filter(({ path, sha256 }) => !linked.has(`${path} ${sha256}`))
    .reduce((sum, { bytes, stored }) => sum + Math.min(bytes, stored ?? bytes), 0);
};

const roomOn = (folder: string): { readonly bytes: number; readonly files: number } => {
  const { bavail, bsize, ffree } = statfsSync(folder);
  return { bytes: bavail * bsize, files: ffree };
};

/**
 * Ends what takes more of the disk than the manifest has told of: its word alone bounds nothing.
 */
const guard = (
  folder: string,
  bytes: number,
  files: number,
): { readonly signal: AbortSignal; end(): void } => {
  const [before, stop] = [roomOn(folder), new AbortController()];
  const timer = setInterval(() => {
    const now = roomOn(folder);
    if (before.bytes - now.bytes > bytes * 1.1 + SPARE_BYTES)
      stop.abort(`more than the ${bytes} bytes of its manifest`);
    else if (before.files - now.files > files * 2 + SPARE_FILES)
      stop.abort(`more than the ${files} files of its manifest`);
    else if (now.bytes < SPARE_BYTES / 2) stop.abort("more than the watcher's disk has room for");
  }, 500);
  return {
    signal: stop.signal,
    end: () => {
      clearInterval(timer);
    },
  };
};

export const MAKE_ROOM =
  "Make room: fewer backups are kept with `sudo fleet-agent backup let-go --hourly 1 --daily 1 --weekly 1` on the watcher, and from then on with `backups.keep` in fleet.yaml";

const checkRoom = (folder: string, bytes: number): void => {
  const room = roomOn(folder);
  if (bytes + SPARE_BYTES > room.bytes)
    throw new Error(
      `fleet-agent backup pull: the watcher's disk is full, or would be: the backup needs ${bytes} bytes, and ${room.bytes} are free. ${MAKE_ROOM}.`,
    );
};

const fetchTree = async (
  machine: Machine,
  folder: string,
  manifest: BackupManifest,
  base: string | undefined,
  options: readonly string[],
): Promise<readonly string[]> => {
  const largest = Math.max(1, ...manifest.entries.map((one) => (isFile(one) ? one.bytes : 0)));
  const watch = guard(folder, bytesNeeded(machine, manifest, base), manifest.entries.length);
  try {
    await must(
      machine,
      rsync(
        "-X",
        "--filter=-xr! user.*",
        "--delete",
        `--max-size=${Math.max(largest, LIMITS.manifestBytes)}`,
        ...options,
        ...(base === undefined ? [] : [`--link-dest=${folderOf(machine, base)}`]),
        "peer:./",
        `${folder}/`,
      ),
      { seconds: FETCH_SECONDS, limit: ANSWER_LIMIT, signal: watch.signal },
    );
  } catch (error) {
    if (watch.signal.aborted)
      throw new Refused(
        `fleet-agent backup pull: refused what the primary gives: ${String(watch.signal.reason)}`,
      );
    throw error;
  } finally {
    watch.end();
  }
  chmodSync(folder, 0o700);
  return faultsOf(folder);
};

/** By what the newest good backup held, or the owner's word. */
const bounded = (machine: Machine, told: BackupManifest): Within => {
  const id = backupIds(machine).find((one) => isSound(machine, one));
  const before = id === undefined ? undefined : readManifest(folderOf(machine, id));
  const within = withinQuota(
    told,
    before && !("fault" in before) ? before : undefined,
    quotaOf(machine),
  );
  if (within.refused === undefined) return within;
  throw new Refused(`fleet-agent backup pull: refused what the primary gives: ${within.refused}`);
};

/** What ssh ends with when it is the connection that failed. */
const NO_CONNECTION = 255;
const askToPrepare = async (machine: Machine): Promise<void> => {
  const { code, stderr } = await machine.run(peer("prepare"), {
    seconds: PREPARE_SECONDS,
    limit: ANSWER_LIMIT,
  });
  if (code === 0) return;
  const words = `fleet-agent backup pull: the primary did not prepare a backup (exit ${code}): ${shown(stderr.trim())}`;
  throw code === NO_CONNECTION ? new Error(words) : new Refused(words);
};

/**
 * One backup of the primary, checked file by file, into an empty folder. Every step has a deadline,
 * and what it may bring is bounded before it comes.
 */
export const fetchInto = async (machine: Machine, folder: string): Promise<BackupManifest> => {
  await askToPrepare(machine);
  const { manifest: told, without } = bounded(machine, await fetchManifest(machine, folder));
  writeWhole(`${folder}/${MANIFEST}`, `${JSON.stringify(told)}\n`, 0o600);
  // Ours from here on; and what is over its quota stays where it is.
  const leave = [MANIFEST, ...without].map((path) => `--exclude=/${path}`);
  const base = baseFor(machine);
  checkRoom(folder, bytesNeeded(machine, told, base));
  let faults = await fetchTree(machine, folder, told, base, leave);
  // rsync goes by size and time; a file that it took for unchanged and is not is fetched by
  // content.
  if (faults.length > 0)
    faults = await fetchTree(machine, folder, told, base, [...leave, "--checksum"]);
  if (faults.length > 0)
    throw new Refused(
      `fleet-agent backup pull: what arrived is not what was prepared: ${faults.slice(0, 5).map(shown).join("; ")}`,
    );
  await must(machine, ["sync", "-f", folder], { seconds: 600 });
  const manifest = readManifest(folder);
  if ("fault" in manifest) throw new Refused(`fleet-agent backup pull: ${manifest.fault}`);
  return manifest;
};
