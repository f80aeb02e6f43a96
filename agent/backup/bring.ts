import { chmodSync, statfsSync } from "node:fs";

import { shown } from "../file-names";
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
import { ANSWER_LIMIT, sshOf } from "./peer-link";
import { Refused } from "./refusals";

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
export const fetchManifest = async (machine: Machine, folder: string): Promise<BackupManifest> => {
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

export const isFile = (entry: Entry): entry is Exclude<Entry, { link: string }> =>
  "sha256" in entry;

/** The Observatory on the same disk needs to write. */
const SPARE_BYTES = 128 * 1024 * 1024;
const SPARE_FILES = 2000;

/** `base`: the folder whose files it may link to. */
const bytesNeeded = (manifest: BackupManifest, base: string | undefined): number => {
  const known = base === undefined ? undefined : readManifest(base);
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

export const roomOn = (folder: string): { readonly bytes: number; readonly files: number } => {
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

export interface How {
  readonly options: readonly string[];
  readonly seconds: number;
}

const fetchTree = async (
  machine: Machine,
  folder: string,
  manifest: BackupManifest,
  base: string | undefined,
  { options, seconds }: How,
): Promise<readonly string[]> => {
  const largest = Math.max(1, ...manifest.entries.map((one) => (isFile(one) ? one.bytes : 0)));
  const watch = guard(folder, bytesNeeded(manifest, base), manifest.entries.length);
  try {
    await must(
      machine,
      rsync(
        "-X",
        "--filter=-xr! user.*",
        "--delete",
        `--max-size=${Math.max(largest, LIMITS.manifestBytes)}`,
        ...options,
        ...(base === undefined ? [] : [`--link-dest=${base}`]),
        "peer:./",
        `${folder}/`,
      ),
      { seconds, limit: ANSWER_LIMIT, signal: watch.signal },
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

/** Checked file by file, by content where a file only looked unchanged. */
export const bring = async (
  machine: Machine,
  folder: string,
  told: BackupManifest,
  base: string | undefined,
  without: readonly string[],
  { options, seconds }: How,
): Promise<BackupManifest> => {
  writeWhole(`${folder}/${MANIFEST}`, `${JSON.stringify(told)}\n`, 0o600);
  // Ours from here on; and what is over its quota stays where it is.
  const leave = [...options, ...[MANIFEST, ...without].map((path) => `--exclude=/${path}`)];
  checkRoom(folder, bytesNeeded(told, base));
  let faults = await fetchTree(machine, folder, told, base, { options: leave, seconds });
  // rsync goes by size and time; a file that it took for unchanged and is not is fetched by
  // content.
  if (faults.length > 0)
    faults = await fetchTree(machine, folder, told, base, {
      options: [...leave, "--checksum"],
      seconds,
    });
  if (faults.length > 0)
    throw new Refused(
      `fleet-agent backup pull: what arrived is not what was prepared: ${faults.slice(0, 5).map(shown).join("; ")}`,
    );
  await must(machine, ["sync", "-f", folder], { seconds: 600 });
  const manifest = readManifest(folder);
  if ("fault" in manifest) throw new Refused(`fleet-agent backup pull: ${manifest.fault}`);
  return manifest;
};
