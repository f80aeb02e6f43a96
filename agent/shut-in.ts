import { chmodSync } from "node:fs";
import { dirname } from "node:path";

import { UNITS, USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import { OFFSITE_UNIT, PREPARE_UNIT, PULL_UNIT } from "@second-server/contract/units";

import { makeUsers } from "./apply/prepare";
import { ANSWER_LIMIT } from "./backup/peer-link";
import { inUnit } from "./confine";
import { makeFolder } from "./files";
import type { Machine } from "./machine";
import { type Ran, runOnOwnStreams } from "./process";

/** Set in such a unit: the agent there does the work itself. */
const MARK = "FLEET_AGENT_SHUT_IN";

export const isShutIn = (): boolean => process.env[MARK] !== undefined;

/**
 * This same agent with this command line, in a unit with these properties. Ends with its exit code.
 */
const commandIn = (
  name: string,
  properties: readonly string[],
  words: readonly string[],
): readonly string[] =>
  inUnit(
    `${name}-${process.pid}.service`,
    [...properties, `Environment=${MARK}=1`],
    [process.execPath, process.argv[1] ?? "", ...words],
  );

/** The program is no secret, whatever the umask was that it came with. */
const letRead = (): void => {
  const program = process.argv[1] ?? "";
  for (const folder of [dirname(dirname(program)), dirname(program)]) chmodSync(folder, 0o755);
  chmodSync(program, 0o644);
};

/**
 * On the watcher: whatever touches backups, which the primary has filled, is done by a user who
 * owns nothing else.
 */
export const pullShutIn = async (
  machine: Machine,
  words: readonly string[],
  further: readonly string[] = [],
): Promise<number> => {
  // A fresh watcher is asked to give back before its first release has made the user.
  await makeUsers(machine, [{ name: USERS.pull, home: PATHS.backups }]);
  letRead();
  return await runOnOwnStreams(
    commandIn("backup-work", [...PULL_UNIT, ...further], ["backup", ...words]),
  );
};

/** What PREPARE_UNIT may write to has to be there. */
const makeOwnFolders = (): void => {
  for (const folder of [PATHS.backupFolder, PATHS.agentState]) makeFolder(folder, 0o700);
};

/** On the primary: what standard input brings has been through other hands. */
export const receiveShutIn = async (): Promise<void> => {
  makeOwnFolders();
  const code = await runOnOwnStreams(commandIn("backup-receive", PREPARE_UNIT, ["receive"]));
  if (code !== 0)
    throw new Error(`fleet-agent: nothing was taken of what was sent (exit ${code}).`);
};

export const prepareShutIn = async (machine: Machine): Promise<number> => {
  makeOwnFolders();
  // Copies of earlier agents have their services' owners and modes: root without its capabilities
  // could not take them away.
  const words = ["!", "-user", "root", "-exec", "chown", "-h", "root:root", "{}", "+"];
  const modes = ["-type", "d", "!", "-perm", "-700", "-exec", "chmod", "u+rwx", "{}", "+"];
  await machine.run(["find", PATHS.backupFolder, "(", ...words, ")", ",", "(", ...modes, ")"]);
  return await runOnOwnStreams(commandIn("backup-prepare", PREPARE_UNIT, ["backup", "prepare"]));
};

/** Databases alone, of which the watcher has heard that they changed. */
export const prepareLiveShutIn = async (paths: readonly string[]): Promise<number> => {
  makeOwnFolders();
  return await runOnOwnStreams(
    commandIn(
      "backup-live",
      [...PREPARE_UNIT, "RuntimeMaxSec=300"],
      ["backup", "prepare-live", ...paths],
    ),
  );
};

/** On the primary: what the watcher sends of its own, which is kept and never opened. */
export const keepHistoryShutIn = async (): Promise<number> => {
  makeOwnFolders();
  return await runOnOwnStreams(
    commandIn("history-keep", [...PREPARE_UNIT, "RuntimeMaxSec=900"], ["keep-history"]),
  );
};

/** On the watcher: a sealed file to the primary, by the user who may talk to it. */
export const historyOut = async (
  machine: Machine,
  inputFile: number,
  seconds: number,
): Promise<Ran> => {
  letRead();
  return await machine.run(commandIn("history-out", PULL_UNIT, ["backup", "history-out"]), {
    inputFile,
    seconds,
    limit: ANSWER_LIMIT,
  });
};

/** One back from there, which may be anything: no more of it than `bytes` is written. */
export const historyIn = async (
  machine: Machine,
  back: number,
  outputFile: number,
  bytes: number,
  seconds: number,
): Promise<Ran> => {
  letRead();
  const unit = [...PULL_UNIT, `LimitFSIZE=${bytes}`];
  return await machine.run(commandIn("history-in", unit, ["backup", "history-in", String(back)]), {
    outputFile,
    seconds,
    limit: ANSWER_LIMIT,
  });
};

/** On the watcher: what goes to the third place, and comes back from there. */
export const offsiteShutIn = async (words: readonly string[]): Promise<number> => {
  makeFolder(PATHS.agentState, 0o700);
  return await runOnOwnStreams(commandIn("offsite-work", OFFSITE_UNIT, ["backup", ...words]));
};

/** The same, and nobody waits for it; one that is at work already is enough. */
export const offsiteInBackground = async (machine: Machine): Promise<void> => {
  const waiting = ["--pipe", "--wait"];
  const [program = "", ...words] = inUnit(
    UNITS.offsite,
    [...OFFSITE_UNIT, `Environment=${MARK}=1`],
    [process.execPath, process.argv[1] ?? "", "backup", "offsite"],
  );
  await machine.run([program, "--no-block", ...words.filter((word) => !waiting.includes(word))]);
};
