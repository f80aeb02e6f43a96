import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
} from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { expired, idOf, isId } from "../backup/retention";
import { makeFolder } from "../files";
import { withLock } from "../lock";
import { type Machine, must } from "../machine";
import { headOf } from "./seal";

/** More than years of a large fleet's history take. */
export const COPY_BYTES = 128 * 1024 * 1024;
/** Of all of them; the newest two stay whatever they take. */
const ALL_BYTES = 512 * 1024 * 1024;
/** Services on the same disk need to write. */
const SPARE_BYTES = 512 * 1024 * 1024;
/** By days: a watcher that somebody has taken over pushes the good ones out in a week, not at once. */
const KEEP = { hourly: 2, daily: 7, weekly: 0 } as const;
const NEWEST = 2;
const STANDARD_INPUT = 0;

const folderOf = (machine: Machine): string => machine.at(PATHS.observatoryCopies);
const pathOf = (machine: Machine, id: string): string => `${folderOf(machine)}/${id}`;

/** The newest first. */
export const copyIds = (machine: Machine): readonly string[] =>
  existsSync(folderOf(machine)) ? readdirSync(folderOf(machine)).filter(isId).sort().reverse() : [];

const freeId = (machine: Machine, at: Date): string =>
  existsSync(pathOf(machine, idOf(at))) ? freeId(machine, new Date(at.getTime() + 1000)) : idOf(at);

const letGo = (machine: Machine): void => {
  const remove = (id: string): void => rmSync(pathOf(machine, id), { force: true });
  for (const id of expired([...copyIds(machine)].reverse(), KEEP)) remove(id);
  let bytes = 0;
  for (const [place, id] of copyIds(machine).entries()) {
    bytes += statSync(pathOf(machine, id)).size;
    if (place >= NEWEST && bytes > ALL_BYTES) remove(id);
  }
};

/** What is sent may be anybody's, who has taken the watcher over. */
const within = (folder: string): Transform => {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      const { bavail, bsize } = statfsSync(folder);
      if (bytes > COPY_BYTES) done(new Error(`it is larger than ${COPY_BYTES} bytes`));
      else if (bavail * bsize < SPARE_BYTES) done(new Error("the primary's disk is nearly full"));
      else done(undefined, chunk);
    },
  });
};

const take = async (machine: Machine, inputFile: number): Promise<void> => {
  const folder = folderOf(machine);
  makeFolder(folder, 0o700);
  const draft = `${folder}/.coming`;
  rmSync(draft, { force: true });
  try {
    await pipeline(
      createReadStream("", { fd: inputFile }),
      within(folder),
      createWriteStream(draft, { flags: "wx", mode: 0o600 }),
    );
    headOf(draft);
    await must(machine, ["sync", draft], { seconds: 120 });
    renameSync(draft, pathOf(machine, freeId(machine, machine.now())));
    await must(machine, ["sync", folder], { seconds: 120 });
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Error(`fleet-agent keep-history: nothing was kept: ${messageOf(error)}`, {
      cause: error,
    });
  }
  letGo(machine);
  machine.log(`kept; ${copyIds(machine).length} are here`);
};

/**
 * On the primary: keeps what the watcher sends on standard input, which it can't read. What is there
 * already is never written to.
 */
export const takeCopy = async (machine: Machine, inputFile = STANDARD_INPUT): Promise<void> =>
  await withLock(
    machine,
    "keep-history",
    60,
    () => take(machine, inputFile),
    PATHS.observatoryCopiesLock,
  );

/** One of them, the newest where `back` is 0; undefined where there are not so many. */
export const copyFile = (machine: Machine, back: number): string | undefined => {
  const id = copyIds(machine)[back];
  return id === undefined ? undefined : pathOf(machine, id);
};
