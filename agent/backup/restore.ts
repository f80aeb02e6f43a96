import { existsSync, renameSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { standInUnit } from "@second-server/contract/names";
import { PATHS, leavingMark, standInRoute } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { shown } from "../file-names";
import { type Machine, must } from "../machine";
import { probeAll } from "../probe";
import { note, readApplied } from "../record";
import { receiveShutIn } from "../shut-in";
import { systemctl } from "../systemd";
import { asideIn, forgetAside, noteReplaced, putAsideBack, setAside } from "./aside";
import { difference } from "./difference";
import { withoutVisitors } from "./hold";
import { BESIDE, type Piece, pieceOf, piecesOf } from "./pieces";
import { putAway, putPieces } from "./put-back";
import { databaseIn, putTable } from "./table";

export interface RestoreWords {
  /** @default every service with data */
  readonly service?: string;
  /** An item of that service's data, or a file or folder in one, below its folder. */
  readonly only?: string;
  /** Of a database only this table. */
  readonly table?: string;
  /** Only say what would change. */
  readonly dry?: boolean;
}

const releaseOf = (machine: Machine): Release => {
  const applied = readApplied(machine);
  if (applied) return applied.release;
  throw new Error(
    "fleet-agent restore: no release is in force here. On a fresh primary the watcher restores: fleet-agent backup restore-to-peer",
  );
};

const start = async (
  machine: Machine,
  { probes }: Release,
  units: readonly string[],
): Promise<void> => {
  await systemctl(machine, "start", units);
  await probeAll(
    machine,
    probes.filter(({ unit }) => units.includes(unit)),
  );
};

/** With its own data it may be as sick as it was before: that is told, and stops nothing. */
const startOrSay = async (
  machine: Machine,
  release: Release,
  units: readonly string[],
): Promise<string | undefined> => {
  try {
    await start(machine, release, units);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

const unitsOf = (pieces: readonly Pick<Piece, "data">[]): readonly string[] => [
  ...new Set(pieces.map(({ data }) => data.unit)),
];

/**
 * Also a second process of a service, which the release before this one may have left to visitors:
 * what it wrote into data that is being replaced would be lost. nginx goes on to the service's own.
 */
const stop = async (machine: Machine, pieces: readonly Pick<Piece, "data">[]): Promise<void> => {
  const beside = pieces
    .map(({ data }) => data.service)
    .filter((service) =>
      [standInRoute(service), leavingMark(service)].some((mark) => existsSync(machine.at(mark))),
    );
  if (beside.length > 0)
    await machine.run(["systemctl", "stop", "--", ...new Set(beside.map(standInUnit))]);
  await must(machine, ["systemctl", "stop", "--", ...unitsOf(pieces)]);
};

/** What was set aside is in its place again: from then on there is nothing to undo. */
const takeBack = async (machine: Machine): Promise<void> => {
  const aside = machine.at(PATHS.beforeRestore);
  await putAsideBack(machine, aside);
  forgetAside(aside);
};

/**
 * Replaces data while no visitor reaches its services; where they are not healthy with it, their
 * own comes back. Whatever fails, they run at the end.
 */
const replace = async (
  machine: Machine,
  pieces: readonly Piece[],
  put: () => Promise<void>,
): Promise<void> => {
  const release = releaseOf(machine);
  const units = unitsOf(pieces);
  const probes = release.probes.filter(({ unit }) => units.includes(unit));
  const startAgain = async (words: string): Promise<Error> => {
    const sick = await startOrSay(machine, release, units);
    return new Error(
      sick === undefined
        ? `${words}, and it serves again.`
        : `${words}. It does not do with that either: ${sick}`,
    );
  };
  await withoutVisitors(machine, probes, async () => {
    try {
      await stop(machine, pieces);
      await setAside(machine, pieces);
    } catch (error) {
      throw await startAgain(
        `${messageOf(error)}\nfleet-agent restore: what was there before is as it was`,
      );
    }
    try {
      await put();
      await must(machine, ["sync"]);
      await start(machine, release, units);
    } catch (error) {
      await machine.run(["systemctl", "stop", "--", ...units]);
      try {
        await takeBack(machine);
      } catch (second) {
        throw new Error(
          `${messageOf(error)}\nfleet-agent restore: it did not do with that data, and what was there before can't be put back: ${messageOf(second)}\nIts services are stopped, and it is in ${PATHS.beforeRestore}: the next restore, or --undo, puts it back first.`,
        );
      }
      throw await startAgain(
        `${messageOf(error)}\nfleet-agent restore: it did not do with that data, so what was there before was put back`,
      );
    }
    noteReplaced(machine.at(PATHS.beforeRestore));
  });
};

/**
 * A power cut in the middle of a restore: what it was replacing comes back before anything else.
 * False where nothing was cut short.
 */
const finishCutShort = async (machine: Machine): Promise<boolean> => {
  const aside = asideIn(machine.at(PATHS.beforeRestore));
  if (aside?.replacing !== true) return false;
  const release = releaseOf(machine);
  const units = unitsOf(aside.laid);
  machine.log("the restore before this one was cut short: what it was replacing is put back first");
  const probes = release.probes.filter(({ unit }) => units.includes(unit));
  await withoutVisitors(machine, probes, async () => {
    await stop(machine, aside.laid);
    await takeBack(machine);
    const sick = await startOrSay(machine, release, units);
    if (sick !== undefined) machine.log(`it is not healthy with that: ${sick}`);
  });
  return true;
};

/**
 * By an operator, on a primary in service: the data of all services, of one, or some of it, from
 * the tar of a backup on standard input.
 */
export const restore = async (
  machine: Machine,
  { service, only, table, dry = false }: RestoreWords,
  arrive: () => Promise<void> = receiveShutIn,
): Promise<void> => {
  // Before anything is read: a wrong name costs nobody a transfer.
  const wanted = piecesOf(releaseOf(machine), service, only);
  await arrive();
  const received = machine.at(PATHS.restore);
  const all = wanted(received);
  const pieces = table === undefined ? all : [databaseIn(all)];
  if (dry) {
    console.log(JSON.stringify(await difference(machine, pieces)));
    rmSync(received, { recursive: true, force: true });
    return;
  }
  try {
    await finishCutShort(machine);
    await replace(machine, pieces, async () => {
      const [database] = pieces;
      if (table !== undefined && database) return await putTable(machine, database, table);
      const services = await putPieces(machine, pieces);
      note(machine, `restored ${services.join(", ")}`);
    });
  } finally {
    putAway(machine);
  }
  forgetAside(machine.at(`${PATHS.beforeRestore}.undo`));
  machine.log(
    `restored, and healthy; what was there before is in ${PATHS.beforeRestore}, and comes back with --undo`,
  );
};

/** Puts back what the last restore replaced; once more, and it is the restore's again. */
export const undoRestore = async (machine: Machine, service: string | undefined): Promise<void> => {
  const [aside, source] = [
    machine.at(PATHS.beforeRestore),
    machine.at(`${PATHS.beforeRestore}.undo`),
  ];
  const wasCutShort = await finishCutShort(machine);
  // An undo that was cut short has left it there.
  const from = asideIn(source) ? source : aside;
  if (wasCutShort && from === aside) return;
  const laid = asideIn(from)?.laid ?? [];
  const services = [...new Set(laid.map(({ data }) => data.service))];
  if (services.length === 0 || (service !== undefined && services.join() !== service))
    throw new Error(
      `fleet-agent restore --undo: ${services.length === 0 ? "nothing has been restored here" : `the last restore was of ${services.map(shown).join(", ")}`}.`,
    );
  const items = releaseOf(machine).data.map(pieceOf);
  const pieces = laid.flatMap(({ data, kind, place }): readonly Piece[] => {
    const item = items.find((one) => one.place === place);
    if (item) return [item];
    const isBeside = items.some(
      (one) => one.kind === "sqlite" && BESIDE.some((end) => place === `${one.place}${end}`),
    );
    return isBeside ? [] : [{ data, kind, place }];
  });
  if (from === aside) {
    forgetAside(source);
    renameSync(aside, source);
  }
  await replace(machine, pieces, () => putAsideBack(machine, source));
  forgetAside(source);
  note(machine, "undid the last restore");
  machine.log("what the last restore replaced is back, and healthy");
};
