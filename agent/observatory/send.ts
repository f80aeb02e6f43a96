import { closeSync, existsSync, openSync, rmSync, statSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { type Place, takeFrom } from "../backup/copy";
import { recordStatus, statusOf } from "../backup/store";
import { shown } from "../file-names";
import { makeFolder, readText } from "../files";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { hasPassword, passwordFile } from "../repository/restic";
import { historyOut } from "../shut-in";
import { COPY_BYTES } from "./copies";
import { seal } from "./seal";

const COPY_SECONDS = 120;
const SEND_SECONDS = 600;
/** Below the Observatory's home, and in the copy. */
export const DATABASE = "observatory.db";

export const homeOf = (machine: Machine): Place => ({
  name: "observatory",
  owner: USERS.observatory,
  root: machine.at(PATHS.observatoryHome),
  folder: machine.at(PATHS.observatoryHome),
});

/** What opens it is the watcher's and the owner's: the primary has not got it. */
export const password = (machine: Machine): string => {
  const text = hasPassword(machine) ? readText(passwordFile(machine)) : undefined;
  if (text === undefined || text === "")
    throw new Error("this machine has not been given the repository's password. Run ./fleet up");
  return text;
};

const send = async (machine: Machine): Promise<number> => {
  const work = machine.at(PATHS.observatoryCopy);
  rmSync(work, { recursive: true, force: true });
  makeFolder(work, 0o700);
  try {
    const journey = { kind: "sqlite", from: DATABASE, to: DATABASE } as const;
    const at = machine.now();
    const [end] = await takeFrom(machine, homeOf(machine), [journey], work, {
      seconds: COPY_SECONDS,
    });
    if (end?.failed !== undefined) throw new Error(shown(end.failed));
    const sealed = `${work}/sealed`;
    await seal(`${work}/${DATABASE}`, sealed, password(machine), at);
    const { size } = statSync(sealed);
    if (size > COPY_BYTES)
      throw new Error(`it takes ${size} bytes, and the primary keeps ${COPY_BYTES} at most`);
    const inputFile = openSync(sealed, "r");
    try {
      const { code, stderr } = await historyOut(machine, inputFile, SEND_SECONDS);
      if (code !== 0)
        throw new Error(`the primary did not take it (exit ${code}): ${shown(stderr.trim())}`);
    } finally {
      closeSync(inputFile);
    }
    return size;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/**
 * On the watcher: a copy of the Observatory's history, sealed, to the primary. How it went is noted
 * for the Observatory.
 */
export const sendHistory = async (machine: Machine): Promise<boolean> => {
  if (!existsSync(machine.at(PATHS.observatoryDatabase))) return true;
  try {
    const size = await withLock(
      machine,
      "backup send-history",
      60,
      () => send(machine),
      PATHS.observatoryCopyLock,
    );
    recordStatus(machine, { history: { at: machine.now().toISOString() } });
    machine.log(`the Observatory's history: ${size} bytes, sealed, are on the primary`);
    return true;
  } catch (error) {
    const message = messageOf(error);
    machine.log(`the Observatory's history was not copied to the primary: ${message}`);
    recordStatus(machine, { history: { ...statusOf(machine).history, error: message } });
    return false;
  }
};
