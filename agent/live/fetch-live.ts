import { MAKE_ROOM, bring, roomOn } from "../backup/bring";
import { type BackupManifest, MANIFEST, readManifest } from "../backup/manifest";
import { LIVE_RSYNC } from "../backup/peer-link";
import { Refused } from "../backup/refusals";
import { writeWhole } from "../files";
import type { Machine } from "../machine";

const SECONDS = 300;
/** Of all databases together, in one copy. */
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_FILES = 200;
/** So much of the watcher's disk is left for backups. */
const SPARE_BYTES = 512 * 1024 * 1024;

const isData = ({ path }: { readonly path: string }): boolean => path.startsWith("data/");

/**
 * The databases that the primary has made ready, and has told of (`list`, which may be anything).
 * `base`: the copy before.
 */
export const fetchLive = async (
  machine: Machine,
  folder: string,
  list: string,
  base: string | undefined,
): Promise<BackupManifest> => {
  const options = [`--rsync-path=${LIVE_RSYNC}`];
  const { bytes: free } = roomOn(folder);
  if (free < SPARE_BYTES)
    throw new Error(
      `live copies: ${free} bytes are free on the watcher's disk, and ${SPARE_BYTES} are left for backups. ${MAKE_ROOM}.`,
    );
  writeWhole(`${folder}/${MANIFEST}`, list, 0o600);
  const told = readManifest(folder);
  if ("fault" in told) throw new Refused(`live copies: ${told.fault}`);
  const bytes = told.entries.reduce((sum, one) => sum + ("bytes" in one ? one.bytes : 0), 0);
  if (bytes > MOST_BYTES)
    throw new Refused(`live copies: ${bytes} bytes are told of, and ${MOST_BYTES} are the most`);
  if (told.entries.length > MOST_FILES || ![...told.entries, ...(told.items ?? [])].every(isData))
    throw new Refused(`live copies: more than ${MOST_FILES} files, or others than services' data`);
  return await bring(machine, folder, told, base, [], { options, seconds: SECONDS });
};
