import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { bytesOf, textOf } from "../file-names";
import { type Machine, must } from "../machine";
import { note } from "../record";
import { putCertificates } from "./certificates-back";
import { faultsOf } from "./manifest";
import { isSealed } from "./receive";

type Data = Release["data"][number];

const ownAll = (machine: Machine, path: string, owner: string): void => {
  machine.own(path, owner, owner);
  if (!lstatSync(bytesOf(path)).isDirectory()) return;
  for (const name of readdirSync(bytesOf(path), { encoding: "buffer" }))
    ownAll(machine, join(path, textOf(name)), owner);
};

/** Folders on the way to a service's data belong to the service as well; a unit's StateDirectory= sets the same. */
const makeHome = (machine: Machine, path: string, owner: string): void => {
  const missing: string[] = [];
  for (
    let folder = dirname(path);
    folder.startsWith(`${PATHS.serviceData}/`) && !existsSync(machine.at(folder));
    folder = dirname(folder)
  )
    missing.unshift(folder);
  for (const folder of missing) {
    mkdirSync(machine.at(folder), { recursive: true, mode: 0o750 });
    machine.own(machine.at(folder), owner, owner);
  }
};

/** One service's data as the backup has it. What was there goes; a write-ahead log left of another database would damage this one. */
const putOne = async (
  machine: Machine,
  folder: string,
  { kind, path, owner }: Data,
): Promise<boolean> => {
  const kept = `${folder}/data/${relative(PATHS.serviceData, path)}`;
  if (!existsSync(kept)) return false;
  makeHome(machine, path, owner);
  for (const gone of kind === "sqlite" ? [path, `${path}-wal`, `${path}-shm`] : [path])
    rmSync(machine.at(gone), { recursive: true, force: true });
  await must(machine, ["cp", "-a", "--", kept, machine.at(path)]);
  ownAll(machine, machine.at(path), owner);
  return true;
};

/** Puts a received backup where it belongs; the services that own the data must not run. Resolves with the names of those that got theirs. */
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
  mkdirSync(machine.at(PATHS.serviceData), { recursive: true, mode: 0o755 });
  const restored: string[] = [];
  for (const one of data) if (await putOne(machine, folder, one)) restored.push(one.service);
  return [...new Set(restored)];
};

/** Kept under another name until the next restore: whoever looks into an incident wants to see what was put back. */
export const putAway = (machine: Machine): void => {
  const folder = machine.at(PATHS.restore);
  rmSync(`${folder}.done`, { recursive: true, force: true });
  renameSync(folder, `${folder}.done`);
};

/** Before any service of a machine's first release starts: what the watcher gave back. Does nothing where nothing was given back. */
export const putBack = async (machine: Machine, release: Release): Promise<void> => {
  if (!existsSync(machine.at(PATHS.restore)) || isSealed(machine)) return;
  // An apply that failed may have left them running. On a machine without these units yet, there is nothing to stop.
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
