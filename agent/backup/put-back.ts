import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Release } from "../../config/release";
import { note } from "../apply/record";
import { type Machine, must } from "../machine";
import { PLACES } from "../places";
import { faultsOf } from "./manifest";

const ownAll = (machine: Machine, path: string, owner: string): void => {
  machine.own(path, owner, owner);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) ownAll(machine, join(path, name), owner);
};

/** Folders on the way to a service's data belong to the service as well; a unit's StateDirectory= sets the same. */
const makeHome = (machine: Machine, path: string, owner: string): void => {
  const missing: string[] = [];
  for (let folder = dirname(path); folder.startsWith(`${PLACES.serviceData}/`) && !existsSync(machine.at(folder)); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    mkdirSync(machine.at(folder), { recursive: true, mode: 0o750 });
    machine.own(machine.at(folder), owner, owner);
  }
};

/** Puts what the other machine gave back where it belongs, before any service of the first release starts. Does nothing where nothing was given back. */
export const putBack = async (machine: Machine, release: Release): Promise<void> => {
  const folder = machine.at(PLACES.restore);
  if (!existsSync(folder)) return;
  if (existsSync(machine.at(PLACES.sealed))) { rmSync(folder, { recursive: true, force: true }); return; }
  const faults = faultsOf(folder);
  if (faults.length > 0) throw new Error(`${PLACES.restore}: it is damaged: ${faults.slice(0, 5).join("; ")}. Run ./fleet recover primary again.`);
  mkdirSync(machine.at(PLACES.serviceData), { recursive: true, mode: 0o755 });
  let count = 0;
  for (const { path, owner } of release.data) {
    const kept = `${folder}/data/${relative(PLACES.serviceData, path)}`;
    if (!existsSync(kept)) continue;
    makeHome(machine, path, owner);
    rmSync(machine.at(path), { recursive: true, force: true });
    await must(machine, ["cp", "-a", kept, machine.at(path)]);
    ownAll(machine, machine.at(path), owner);
    count += 1;
  }
  if (existsSync(`${folder}/letsencrypt`)) {
    rmSync(machine.at(PLACES.letsencrypt), { recursive: true, force: true });
    await must(machine, ["cp", "-a", `${folder}/letsencrypt`, machine.at(PLACES.letsencrypt)]);
  }
  await must(machine, ["sync"]);
  // Kept under another name until the next restore: whoever looks into an incident wants to see what was put back.
  const done = machine.at(`${PLACES.restore}.done`);
  rmSync(done, { recursive: true, force: true });
  renameSync(folder, done);
  note(machine, `put back the data of ${count} services, and the certificates`);
  machine.log(`restored the data of ${count} services, and the certificates`);
};
