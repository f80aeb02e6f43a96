import { closeSync, existsSync, fstatSync, openSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { UNITS, USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { putInto } from "../backup/copy";
import { idOf } from "../backup/retention";
import { shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { historyIn } from "../shut-in";
import { COPY_BYTES } from "./copies";
import { unseal } from "./seal";
import { DATABASE, homeOf, password } from "./send";

const FETCH_SECONDS = 600;
const PUT_SECONDS = 120;
/** One that was damaged on the primary costs the ones before nothing. */
const TRIES = 3;

/** Undefined where the primary has not so many. */
const fetchCopy = async (
  machine: Machine,
  back: number,
  file: string,
): Promise<"fetched" | undefined> => {
  const outputFile = openSync(file, "w", 0o600);
  try {
    const { code, stderr } = await historyIn(machine, back, outputFile, COPY_BYTES, FETCH_SECONDS);
    if (code !== 0)
      throw new Error(`the primary did not give it (exit ${code}): ${shown(stderr.trim())}`);
    return fstatSync(outputFile).size > 0 ? "fetched" : undefined;
  } finally {
    closeSync(outputFile);
  }
};

/** The newest that opens, as a file; undefined where the primary has none at all. */
const openNewest = async (machine: Machine, work: string): Promise<Date | undefined> => {
  const complaints: string[] = [];
  for (let back = 0; back < TRIES; back += 1) {
    const sealed = `${work}/sealed`;
    if ((await fetchCopy(machine, back, sealed)) === undefined) break;
    try {
      return await unseal(sealed, `${work}/${DATABASE}`, password(machine));
    } catch (error) {
      complaints.push(messageOf(error));
    }
  }
  if (complaints.length > 0)
    throw new Error(`no copy that the primary has can be opened: ${complaints.join("; ")}`);
  return undefined;
};

/** By the Observatory's user: the folder is its own. */
const asObservatory = (machine: Machine, argv: readonly string[]): Promise<string> =>
  must(
    machine,
    machine.confine(argv, {
      name: "observatory-copy",
      owner: USERS.observatory,
      writable: [machine.at(PATHS.observatoryHome)],
      seconds: PUT_SECONDS,
      memoryMiB: 64,
    }),
    { seconds: PUT_SECONDS },
  );

const keepAside = async (machine: Machine): Promise<void> => {
  const database = machine.at(PATHS.observatoryDatabase);
  if (!existsSync(database)) return;
  const aside = `${database}.before-${idOf(machine.now())}`;
  for (const end of ["", "-wal", "-shm"])
    if (existsSync(`${database}${end}`))
      await asObservatory(machine, ["mv", "--", `${database}${end}`, `${aside}${end}`]);
  machine.log(`what was there is kept as ${aside}`);
};

const work = async (machine: Machine, inPlace: (put: () => Promise<void>) => Promise<void>) => {
  const folder = machine.at(PATHS.observatoryCopy);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, 0o700);
  try {
    const at = await openNewest(machine, folder);
    if (at === undefined) return undefined;
    const journey = { kind: "file", from: DATABASE, to: DATABASE } as const;
    await inPlace(async () => {
      await keepAside(machine);
      await putInto(machine, homeOf(machine), [journey], folder, PUT_SECONDS);
    });
    return at;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const told = (machine: Machine, at: Date | undefined): void => {
  machine.log(
    at === undefined
      ? "the primary has no copy of the Observatory's history"
      : `the Observatory's history is back, as it was at ${at.toISOString()}`,
  );
};

/** By an operator, while the Observatory runs: it is stopped for the moment of the change. */
export const bringHistoryBack = async (machine: Machine): Promise<void> => {
  const at = await work(machine, async (put) => {
    await must(machine, ["systemctl", "stop", UNITS.observatory]);
    try {
      await put();
    } finally {
      await must(machine, ["systemctl", "start", UNITS.observatory]);
    }
  });
  told(machine, at);
};

/**
 * Before a new watcher's Observatory begins one of its own. That it can't be had is no reason to
 * watch nothing.
 */
export const bringHistoryFirst = async (machine: Machine): Promise<void> => {
  if (existsSync(machine.at(PATHS.observatoryDatabase))) return;
  try {
    told(machine, await work(machine, (put) => put()));
  } catch (error) {
    machine.log(
      `the Observatory's history is not back, and a new one begins: ${messageOf(error)}. The copies stay on the primary for days: sudo fleet-agent backup bring-history`,
    );
  }
};
