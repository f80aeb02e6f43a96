import { existsSync } from "node:fs";

import { serviceUnit, standInUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { readJson } from "../files";
import { writeHistory } from "../history";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { note, readApplied, readPrevious, recordUndone } from "../record";
import { restartsOf } from "../standing";
import { journalOf } from "../systemd";
import type { Aftercare } from "./aftercare-unit";
import { finish, isFree, leaving, leftOver } from "./handover";
import { drained, endStandIns, endStrays, isRouted } from "./stand-in";
import { deed, goBack, reason, short } from "./switch-over";

/** A version that ends by itself within this time after the switch was none. */
const PROBATION_MS = 60_000;
const TURN_MS = 1000;
const AGAIN_MS = 30_000;
/** For whoever switches at this moment. */
const LOCK_SECONDS = 900;

/**
 * A switch that nobody brings to its end any more: the release that was in force is brought back.
 */
const mend = async (machine: Machine): Promise<void> => {
  await endStrays(machine);
  if (!existsSync(machine.at(PATHS.pending))) return;
  const said = await goBack(machine, readApplied(machine));
  note(machine, `a switch was cut short: ${said}`);
  machine.log(`a switch was cut short: ${said}`);
};

/** Stand-ins of services whose earlier process still had connections. */
const finishFree = async (machine: Machine, since: number): Promise<void> => {
  const [release, before] = [readApplied(machine)?.release, readPrevious(machine)?.release];
  if (!release) return;
  for (const handover of leftOver(machine, release)) {
    const isOver = machine.now().getTime() - since > handover.drainSeconds * 1000;
    if (!isOver && !(await isFree(machine, { release, before }, handover, 0))) continue;
    // Visitors are with the new version meanwhile; a process that does not come up now may later.
    try {
      await withLock(machine, "aftercare", LOCK_SECONDS, () => finish(machine, release, handover));
    } catch (error) {
      machine.log(`service ${handover.service}: ${reason(error)}`);
      await machine.sleep(AGAIN_MS);
    }
  }
  for (const handover of leaving(machine, release)) {
    const isOver = machine.now().getTime() - since > 2 * handover.drainSeconds * 1000;
    if (isOver || (await drained(machine, [handover.port], 0)))
      await withLock(machine, "aftercare", LOCK_SECONDS, () => endStandIns(machine, [handover]));
  }
};

/** The first of the release's services that systemd has had to start again. */
const died = async (machine: Machine, services: readonly string[]): Promise<string | undefined> => {
  const release = readApplied(machine)?.release;
  for (const service of services) {
    const handover = release?.handovers?.find((one) => one.service === service);
    const unit =
      handover?.way === "side-by-side" && isRouted(machine, handover)
        ? standInUnit(service)
        : serviceUnit(service);
    if ((await restartsOf(machine, unit)) > 0) return unit;
  }
  return undefined;
};

/** False where there is nothing to go back to, or another release is in force by now. */
const undo = async (machine: Machine, sha: string, unit: string): Promise<boolean> => {
  const [applied, previous] = [readApplied(machine), readPrevious(machine)];
  if (applied?.sha !== sha || !previous) return false;
  const why = `release ${short(sha)}: ${unit} ended within its first minute.\n${await journalOf(machine, unit)}`;
  const said = await goBack(machine, previous);
  recordUndone(machine, previous);
  writeHistory(machine, deed("undone", sha, undefined, why));
  note(machine, `undone ${why}\n${said}`);
  machine.log(`${why}\n${said}`);
  return true;
};

const isLeft = (machine: Machine): boolean => {
  const release = readApplied(machine)?.release;
  return (
    release !== undefined &&
    leftOver(machine, release).length + leaving(machine, release).length > 0
  );
};

/**
 * `fleet-agent aftercare`: waits for the switch to end, then lets connections to the versions
 * before have their time, and goes back from a version that ends within its first minute.
 */
export const aftercare = async (machine: Machine): Promise<void> => {
  const told = readJson<Aftercare>(machine.at(PATHS.aftercare));
  await withLock(machine, "aftercare", LOCK_SECONDS, () => mend(machine));
  if (!told) return;
  const since = machine.now().getTime();
  let watched = told.services;
  for (;;) {
    await finishFree(machine, since);
    if (machine.now().getTime() - since >= PROBATION_MS) watched = [];
    const unit = await died(machine, watched);
    if (unit !== undefined) {
      const isUndone = await withLock(machine, "aftercare", LOCK_SECONDS, () =>
        undo(machine, told.sha, unit),
      );
      if (isUndone) return;
      watched = [];
    }
    if (watched.length === 0 && !isLeft(machine)) return;
    await machine.sleep(TURN_MS);
  }
};
