import { mkdirSync } from "node:fs";

import { type Machine, must } from "../machine";
import { folderBelow } from "./certificate-pair";
import { CERTIFICATES } from "./items";
import { backupIds, folderOf } from "./store";

/** In what goes to a fresh primary: what the one before could show, by the backups that had it. */
export const HAD = "had-certificates";

/**
 * On the watcher, for a primary that takes the place of one that somebody else has had: every
 * certificate and account of its backups, to be revoked by whoever can prove that he has the keys.
 */
export const addHadCertificates = async (machine: Machine, folder: string): Promise<void> => {
  for (const id of backupIds(machine)) {
    const had = folderBelow(folderOf(machine, id), CERTIFICATES);
    if (had === undefined) continue;
    const target = `${folder}/${HAD}/${id}`;
    mkdirSync(target, { recursive: true, mode: 0o700 });
    for (const name of ["archive", "accounts"]) {
      const part = folderBelow(had, name);
      if (part !== undefined) await must(machine, ["cp", "-al", "--", part, `${target}/${name}`]);
    }
  }
};
