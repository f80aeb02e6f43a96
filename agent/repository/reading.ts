import { rmSync } from "node:fs";

import { USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import { REPOSITORY_LIST } from "@second-server/contract/units";

import { readForeign, writeWhole } from "../files";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { pullShutIn } from "../shut-in";
import { read } from "./commands";
import {
  type Handed,
  type Want,
  Wanted,
  forgetBrought,
  fulfil,
  handedShelf,
  openShelf,
} from "./shelf";

/** sysexits' EX_TEMPFAIL: to be begun anew, with what it asked for. */
const WANTS = 75;
/** One for the list, and one for each backup that is looked at. */
const MOST_TURNS = 1000;
/** These can mostly do without. */
const SELDOM = ["plan", "restore-to-peer"];

/** In the unit that may not open the repository: what it lacks is written down, and it ends. */
export const readHanded = async (machine: Machine, words: readonly string[]): Promise<number> => {
  try {
    await read(machine, handedShelf(machine), words);
    return 0;
  } catch (error) {
    if (!(error instanceof Wanted)) throw error;
    writeWhole(machine.at(PATHS.wanted), JSON.stringify(error.want), 0o600);
    return WANTS;
  }
};

const isPath = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 4096 && !/[\0\n]/.test(value);
/** It was written where the primary's backups lie: taken for nothing but what it may be. */
const wantIn = (machine: Machine): Want => {
  const text = readForeign(machine.at(PATHS.wanted)) ?? "{}";
  const value: Partial<Want> = JSON.parse(text) as Partial<Want>;
  const paths: readonly unknown[] = Array.isArray(value.paths) ? value.paths : [];
  return {
    ...(typeof value.id === "string" && { id: value.id }),
    paths: paths.filter(isPath),
  };
};

/**
 * Whatever the primary has filled is read by who owns nothing else, and the repository is root's:
 * so root hands it what it asks for, and starts it again.
 */
export const readShutIn = (machine: Machine, words: readonly string[]): Promise<number> =>
  withLock(
    machine,
    `backup ${words[0] ?? ""}`,
    600,
    async () => {
      const shelf = openShelf(machine, USERS.pull);
      const list = machine.at(PATHS.repositoryList);
      let handed: Handed | undefined;
      const hand = async (): Promise<void> => {
        try {
          handed = { snapshots: await shelf.snapshots() };
        } catch (error) {
          handed = { snapshots: [], error: (error as Error).message };
        }
        writeWhole(list, JSON.stringify(handed), 0o600);
      };
      await forgetBrought(machine);
      try {
        if (!SELDOM.includes(words[0] ?? "")) await hand();
        for (let turn = 0; turn < MOST_TURNS; turn++) {
          const code = await pullShutIn(
            machine,
            words,
            handed ? [`LoadCredential=${REPOSITORY_LIST}:${list}`] : [],
          );
          if (code !== WANTS) return code;
          const { id, paths } = wantIn(machine);
          const snapshot = handed?.snapshots.find((one) => one.id === id);
          if (snapshot) await fulfil(machine, shelf, snapshot, paths);
          else await hand();
        }
        throw new Error("fleet-agent backup: it asks for more and more of the repository.");
      } finally {
        await forgetBrought(machine);
        for (const path of [list, machine.at(PATHS.wanted)]) rmSync(path, { force: true });
      }
    },
    PATHS.readLock,
  );
