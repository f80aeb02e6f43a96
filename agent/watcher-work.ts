import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";
import type { Identity } from "@second-server/contract/release";

import { refreshCopies } from "./backup/certificate-copy";
import { refuseServed } from "./backup/without-service";
import { shown } from "./file-names";
import { readJson } from "./files";
import { withLock } from "./lock";
import type { Machine } from "./machine";
import { sendHistory } from "./observatory/send";
import { fillBack, isEmptied } from "./offsite/bring-back";
import { NO_PLACE, hasOffsite } from "./offsite/place";
import { isReading } from "./repository/commands";
import { forgetInRepository, havingService } from "./repository/forget";
import { offsiteStatus } from "./repository/offsite-status";
import { readShutIn } from "./repository/reading";
import { hasRepository } from "./repository/repository";
import { ownRepository } from "./repository/restic";
import { isRestoreTestDue } from "./repository/restore-test";
import { isServiceName, keptServices } from "./repository/services";
import { snapshotsIn } from "./repository/snapshots";
import { takeIn } from "./repository/take-in";
import { check, upkeep } from "./repository/upkeep";
import { offsiteInBackground, offsiteShutIn, prepareShutIn, pullShutIn } from "./shut-in";
import { subjectOf } from "./words";

const fill = (machine: Machine): Promise<void> =>
  fillBack(machine, () => offsiteShutIn(["bring-back"]));

/**
 * The repository is root's: who pulls could not spoil what is in it already. That it fails costs no
 * pull.
 */
export const keep = async (machine: Machine): Promise<number> => {
  try {
    await withLock(
      machine,
      "backup take-in",
      3600,
      () => takeIn(machine, () => fill(machine)),
      PATHS.repositoryLock,
    );
    // From then on it has its turn each day.
    if (hasOffsite(machine) && offsiteStatus(machine)?.since === undefined)
      await offsiteInBackground(machine);
  } catch (error) {
    machine.log(`the repository of backups: ${messageOf(error)}`);
  }
  await refreshCopies(machine);
  await sendHistory(machine);
  return 0;
};

/** What a new watcher gives back may be in the third place alone. */
const GIVING = ["plan", "restore-to-peer"];
const fillFirst = async (machine: Machine): Promise<void> => {
  if (!isEmptied(machine)) return;
  const beside = { ...machine, log: (line: string) => console.error(line) };
  await withLock(beside, "backup bring-back", 3600, () => fill(beside), PATHS.repositoryLock);
};

/** Each day the repository itself; each week, whether what is in it can be restored. */
export const keepUp = async (machine: Machine): Promise<number> => {
  await withLock(machine, "backup upkeep", 3600, () => upkeep(machine), PATHS.repositoryLock);
  return isRestoreTestDue(machine) ? await readShutIn(machine, ["test"]) : 0;
};

/** Every byte of it, which only root can read. */
const verifyRepository = async (machine: Machine): Promise<void> => {
  if (!hasRepository(machine)) return;
  await withLock(machine, "backup verify", 600, () => check(machine, true), PATHS.repositoryLock);
  machine.log("the repository is whole, every byte of it");
};

/**
 * Folders by who owns them, the repository by root. What the repository has is asked first: once
 * begun, the folders don't tell it any more.
 */
const forget = async (machine: Machine, words: readonly string[]): Promise<number> => {
  const service = subjectOf(words) ?? "";
  if (!isServiceName(service))
    throw new Error(`fleet-agent backup forget: "${shown(service)}" is no service's name.`);
  refuseServed(machine, service);
  if (words.includes("--dry-run")) {
    const all = hasRepository(machine) ? await snapshotsIn(machine, ownRepository(machine)) : [];
    console.log(JSON.stringify((await keptServices(machine, all))[service] ?? { backups: 0 }));
    return 0;
  }
  return await withLock(
    machine,
    "backup forget",
    600,
    async () => {
      const having = await havingService(machine, service);
      const code = await pullShutIn(machine, ["forget", service]);
      if (code === 0) await forgetInRepository(machine, service, having);
      return code;
    },
    PATHS.repositoryLock,
  );
};

/** As root nothing is done but starting the unit that does it. */
export const backupShutIn = async (machine: Machine, words: readonly string[]): Promise<number> => {
  if (words[0] === "prepare") return await prepareShutIn(machine);
  if (readJson<Identity>(machine.at(PATHS.identity))?.role === "primary")
    throw new Error(
      `fleet-agent backup ${words[0] ?? ""}: this is the primary. Backups are on the watcher.`,
    );
  if (words[0] === "offsite" && !hasOffsite(machine)) throw new Error(NO_PLACE);
  if (words[0] === "offsite") return await offsiteShutIn(words);
  if (GIVING.includes(words[0] ?? "")) await fillFirst(machine);
  if (isReading(words[0] ?? "")) {
    const code = await readShutIn(machine, words);
    if (words[0] === "verify" && words.length === 1 && code === 0) await verifyRepository(machine);
    return code;
  }
  if (words[0] === "forget") return await forget(machine, words.slice(1));
  const code = await pullShutIn(machine, words);
  // Also what was pulled before, where the primary did not answer.
  if (words[0] === "pull") await keep(machine);
  return code;
};
