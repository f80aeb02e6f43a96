import { rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import { makeFolder, readJson, writeWhole } from "../files";
import type { Machine } from "../machine";
import { type Data, type Journey, copyIn, copyOut, removeIn } from "./copy";
import { BESIDE, type Piece, byService } from "./pieces";

const SECONDS = 600;
/** Something else lies in the item's place: there is nothing to keep. */
const NO_DATA = /^(it is no |its -|a folder on the way )/;

/** A file or folder as it lay there. */
interface Laid {
  readonly data: Data;
  readonly kind: "file" | "directory";
  readonly place: string;
  /** It was not there: where it is put back, it goes. */
  readonly absent: boolean;
}
/** What is set aside, and what is still to be done with it; beside the services' folders. */
export interface Aside {
  /** A restore is replacing it: cut short, it has left something half done. */
  readonly replacing: boolean;
  readonly laid: readonly Laid[];
}
const STATE = ".aside.json";
export const asideIn = (folder: string): Aside | undefined => readJson<Aside>(`${folder}/${STATE}`);
const note = (folder: string, aside: Aside): void => {
  writeWhole(`${folder}/${STATE}`, JSON.stringify(aside), 0o600);
};
export const noteReplaced = (folder: string): void => {
  const aside = asideIn(folder);
  if (aside) note(folder, { ...aside, replacing: false });
};
/** What says what it is goes first: half of it, cut short, is never taken for the whole. */
export const forgetAside = (folder: string): void => {
  for (const path of [`${folder}/${STATE}`, folder]) rmSync(path, { recursive: true, force: true });
};

/** Of a service that is gone for good nothing stays, and nothing of it is put back. */
export const forgetInAside = (folder: string, service: string): void => {
  const aside = asideIn(folder);
  if (!aside) return;
  const laid = aside.laid.filter(({ data }) => data.service !== service);
  if (laid.length === 0) forgetAside(folder);
  else if (laid.length < aside.laid.length) note(folder, { ...aside, laid });
};

/** A database is several files; as it lies there, because it may be damaged. */
const filesOf = ({ data, kind, place }: Piece): readonly Omit<Laid, "absent">[] =>
  kind === "sqlite"
    ? ["", ...BESIDE].map((end) => ({ data, kind: "file", place: place + end }))
    : [{ data, kind, place }];

/**
 * What users wrote since the backup stays on the machine until the next restore. Nothing may be
 * replaced that could not be kept.
 */
export const setAside = async (machine: Machine, pieces: readonly Piece[]): Promise<void> => {
  const folder = machine.at(PATHS.beforeRestore);
  forgetAside(folder);
  makeFolder(folder, 0o700);
  const laid: Laid[] = [];
  for (const [data, its] of byService(pieces)) {
    const files = its.flatMap(filesOf);
    const journeys = files.map(({ kind, place }) => ({ kind, from: place, to: place }));
    const ends = await copyOut(machine, data, journeys, folder, { seconds: SECONDS });
    files.forEach((file, index) => {
      const { absent = false, failed } = ends[index] ?? { failed: "nothing was said of it" };
      if (failed !== undefined)
        machine.log(`not set aside: ${shown(file.place)}: ${shown(failed)}`);
      if (failed !== undefined && !NO_DATA.test(failed))
        throw new Error(
          `fleet-agent restore: what is there now can't be kept, so nothing was restored: ${shown(file.place)}: ${shown(failed)}`,
        );
      laid.push({ ...file, absent: absent || failed !== undefined });
    });
  }
  note(folder, { replacing: true, laid });
};

/** What was set aside comes back, written by the service's own user; what was not there goes. */
export const putAsideBack = async (machine: Machine, folder: string): Promise<void> => {
  for (const [data, files] of byService(asideIn(folder)?.laid ?? [])) {
    await removeIn(
      machine,
      data,
      files.map(({ place }) => place),
      SECONDS,
    );
    const journeys = files
      .filter(({ absent }) => !absent)
      .map(({ kind, place }): Journey => ({ kind, from: place, to: place }));
    if (journeys.length > 0) await copyIn(machine, data, journeys, folder, SECONDS);
  }
};
