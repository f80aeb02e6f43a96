import { existsSync } from "node:fs";
import type { Release } from "../../config/release";
import { putBack } from "../backup/put-back";
import { readJson } from "../files";
import type { Identity } from "../../config/release";
import type { Machine } from "../machine";
import { PLACES } from "../places";
import { linkCertificate, obtain } from "./certificates";
import { isIdle } from "./plan";
import { awaitFirstBoot, installPackages, makeDirectories, makeUsers } from "./prepare";
import { probeAll } from "./probe";
import { note, readApplied, readPrevious, recordApplied, tidy } from "./record";
import { switchTo } from "./switch";
import { isSha, readRelease, unpack } from "./unpack";

/** Goes back to the release before; what it says about that is part of the error that made it necessary. */
const goBack = async (machine: Machine, failedRelease: Release): Promise<string> => {
  const applied = readApplied(machine);
  if (!applied) return "There is no earlier release to go back to; what was written stays, and the next apply goes on from there.";
  const folder = `${PLACES.releases}/${applied.sha}`;
  if (!existsSync(machine.at(`${folder}/release.json`))) return `The earlier release ${applied.sha.slice(0, 12)} is not on this machine any more: nothing was rolled back.`;
  try {
    await switchTo(machine, failedRelease, applied.release, folder);
    await probeAll(machine, applied.release.probes);
    return `Rolled back to ${applied.sha.slice(0, 12)}; it answers.`;
  } catch (error) {
    return `Rolling back to ${applied.sha.slice(0, 12)} failed as well: ${(error as Error).message}`;
  }
};

/** Makes a release the one in force, or leaves the one before in force and says why. */
export const apply = async (machine: Machine, sha: string): Promise<void> => {
  if (!isSha(sha)) throw new Error(`fleet-agent apply: "${sha}" is no sha256 (64 hex digits).`);
  const folder = await unpack(machine, sha);
  const release = readRelease(machine, folder, readJson<Identity>(machine.at(PLACES.identity))?.role ?? null);
  machine.log(`release ${sha.slice(0, 12)}: ${release.files.length} files, ${release.trees.length} trees, ${release.units.length} units`);
  const before = readApplied(machine);
  if (!before) await awaitFirstBoot(machine);
  await installPackages(machine, release.packages);
  await makeUsers(machine, release.users);
  makeDirectories(machine, release.directories);
  await putBack(machine, release);
  try {
    const links = async (): Promise<void> => { for (const certificate of release.certificates) await linkCertificate(machine, certificate); };
    const plan = await switchTo(machine, before?.release ?? null, release, folder, links);
    if (isIdle(plan)) machine.log("everything is in place already");
    for (const certificate of release.certificates) await obtain(machine, certificate);
    machine.log(`asking ${release.probes.length} services`);
    await probeAll(machine, release.probes);
  } catch (error) {
    const words = (error as Error).message;
    const back = await goBack(machine, release);
    note(machine, `failed ${sha}: ${words}\n${back}`);
    throw new Error(`release ${sha.slice(0, 12)} is not in force.\n${words}\n${back}`);
  }
  recordApplied(machine, sha, release);
  tidy(machine);
  machine.log(`release ${sha.slice(0, 12)} is in force`);
};

/** The release before the current one, by hand. */
export const rollback = async (machine: Machine): Promise<void> => {
  const [applied, previous] = [readApplied(machine), readPrevious(machine)];
  if (!applied || !previous) throw new Error("fleet-agent rollback: there is no earlier release on this machine.");
  const folder = `${PLACES.releases}/${previous.sha}`;
  readRelease(machine, folder, applied.release.role);
  await switchTo(machine, applied.release, previous.release, folder);
  await probeAll(machine, previous.release.probes);
  recordApplied(machine, previous.sha, previous.release);
  machine.log(`release ${previous.sha.slice(0, 12)} is in force again. The next ./fleet up brings what fleet.yaml says.`);
};
