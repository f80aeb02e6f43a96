import { PATHS } from "@second-server/contract/paths";

import { readIdentity } from "../identity";
import { SAME, awaitChangeForPeer, exported } from "../live/watch";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { copyFile } from "../observatory/copies";
import { runOnOwnStreams } from "../process";
import { keepHistoryShutIn, prepareShutIn, receiveShutIn } from "../shut-in";
import { LIVE_RSYNC } from "./peer-link";
import { isSealed } from "./receive";

export type Request =
  "prepare" | "fetch" | "state" | "restore" | "keep-history" | "history" | "live" | "fetch-live";

/** "history 0" is the newest copy of the Observatory's history, "history 1" the one before. */
const HISTORY = /^history ([0-9])$/;
/** What the watcher has already, in milliseconds. */
const LIVE = /^live ([0-9]{1,15})$/;
const WORDS = ["prepare", "state", "restore", "keep-history"] as const;

/**
 * What the other machine may ask for, told from its SSH command line; everything else is refused.
 */
export const requestOf = (commandLine: string): Request => {
  const word = WORDS.find((one) => one === commandLine);
  if (word !== undefined) return word;
  if (HISTORY.test(commandLine)) return "history";
  if (LIVE.test(commandLine)) return "live";
  if (commandLine.startsWith(`${LIVE_RSYNC} --server --sender `)) return "fetch-live";
  // rsync's own words when it only reads: rrsync parses the rest.
  if (commandLine.startsWith("rsync --server --sender ")) return "fetch";
  throw new Error(
    "fleet-agent peer: refused. The other machine may say: prepare, state, restore, keep-history, history N, live N, or read the prepared copies with rsync.",
  );
};

/** rrsync, part of Debian's rsync, lets rsync read this one folder and nothing else. */
const fetch = (machine: Machine, commandLine: string, folder: string): Promise<number> =>
  runOnOwnStreams(["rrsync", "-ro", machine.at(folder)], {
    SSH_ORIGINAL_COMMAND: commandLine,
  });

/** Serves the watcher, as root, behind a forced command. Resolves with the exit code. */
export const servePeer = async (machine: Machine, commandLine: string): Promise<number> => {
  const request = requestOf(commandLine);
  // The primary is what the world can reach: its key opens nothing here.
  if (readIdentity(machine).role !== "primary")
    throw new Error("fleet-agent peer: refused. The watcher gives nothing to the primary.");
  switch (request) {
    case "prepare":
      return await prepareShutIn(machine);
    case "fetch":
      return await fetch(machine, commandLine, PATHS.backupExport);
    case "fetch-live":
      return await fetch(machine, commandLine.replace(LIVE_RSYNC, "rsync"), PATHS.liveExport);
    case "live": {
      const has = Number(LIVE.exec(commandLine)?.[1]);
      const isChanged = await awaitChangeForPeer(machine, has);
      machine.log(isChanged ? JSON.stringify(exported(machine)) : SAME);
      return 0;
    }
    case "keep-history":
      return await keepHistoryShutIn();
    case "history": {
      const file = copyFile(machine, Number(HISTORY.exec(commandLine)?.[1]));
      return file === undefined ? 0 : await runOnOwnStreams(["cat", "--", file]);
    }
    case "state":
      machine.log(isSealed(machine) ? "sealed" : "fresh");
      return 0;
    case "restore":
      await withLock(machine, "peer restore", 120, async () => {
        if (isSealed(machine))
          throw new Error(
            "fleet-agent peer: this machine is in service: nothing is restored over what users have written. An operator can: fleet-agent restore",
          );
        await receiveShutIn();
      });
      return 0;
    default:
      return request satisfies never;
  }
};
