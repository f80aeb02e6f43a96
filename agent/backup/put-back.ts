import { existsSync, renameSync, rmSync } from "node:fs";
import { relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { note } from "../record";
import { putCertificates } from "./certificates-back";
import { type Data, copyIn } from "./copy";
import { faultsOf } from "./manifest";
import { isSealed } from "./receive";

const SECONDS = 3600;

/** What would damage a database that comes back: logs left of the one that was there. */
const BESIDE = ["-wal", "-shm", "-journal"];

/**
 * A service's data as the backup has it, written by its own user; what was there goes. Whether
 * there was anything.
 */
const putService = async (
  machine: Machine,
  folder: string,
  data: readonly Data[],
): Promise<boolean> => {
  const [first] = data;
  if (first === undefined) return false;
  const journeys = data.map(({ kind, path }) => {
    const to = relative(PATHS.serviceData, path);
    return { kind, from: `data/${to}`, to, ...(kind === "sqlite" && { beside: BESIDE }) };
  });
  const ends = await copyIn(machine, first, journeys, folder, SECONDS);
  return ends.some(({ absent }) => absent !== true);
};

/**
 * Puts a received backup where it belongs; the services that own the data must not run. Resolves
 * with the names of those that got theirs.
 */
export const putInPlace = async (
  machine: Machine,
  data: readonly Data[],
): Promise<readonly string[]> => {
  const folder = machine.at(PATHS.restore);
  const faults = faultsOf(folder);
  if (faults.length > 0)
    throw new Error(
      `${PATHS.restore}: the received backup is damaged: ${faults.slice(0, 5).join("; ")}. Send it again (fleet recover primary).`,
    );
  makeFolder(machine.at(PATHS.serviceData), 0o755);
  const restored: string[] = [];
  for (const service of new Set(data.map((one) => one.service))) {
    const its = data.filter((one) => one.service === service);
    if (await putService(machine, folder, its)) restored.push(service);
  }
  return restored;
};

/**
 * Kept under another name until the next restore: whoever looks into an incident wants to see what
 * was put back.
 */
export const putAway = (machine: Machine): void => {
  const folder = machine.at(PATHS.restore);
  rmSync(`${folder}.done`, { recursive: true, force: true });
  renameSync(folder, `${folder}.done`);
};

/**
 * Before any service of a machine's first release starts: what the watcher gave back. Does nothing
 * where nothing was given back.
 */
export const putBack = async (machine: Machine, release: Release): Promise<void> => {
  if (!existsSync(machine.at(PATHS.restore)) || isSealed(machine)) return;
  // An apply that failed may have left them running. On a machine without these units yet, there is
  // nothing to stop.
  if (release.data.length > 0)
    await machine.run([
      "systemctl",
      "stop",
      "--",
      ...new Set(release.data.map(({ unit }) => unit)),
    ]);
  const services = await putInPlace(machine, release.data);
  await putCertificates(machine, release.certificates);
  await must(machine, ["sync"]);
  putAway(machine);
  const words = `restored the certificates and the data of ${services.join(", ") || "no service"}`;
  note(machine, words);
  machine.log(words);
};
