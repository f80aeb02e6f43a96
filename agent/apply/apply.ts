import { existsSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Identity, Release } from "@second-server/contract/release";

import { refreshCopies } from "../backup/certificate-copy";
import { putBack } from "../backup/put-back";
import { readJson } from "../files";
import type { Machine } from "../machine";
import { authorizeOperators } from "../operator-keys";
import { settlePeer } from "../peer-account";
import { probeAll, probePublic } from "../probe";
import { type Applied, note, readApplied, readPrevious, recordApplied } from "../record";
import { announced } from "./announce";
import { linkCertificate, obtain, showAgain } from "./certificates";
import { type Plan, isIdle } from "./plan";
import { awaitFirstBoot, installPackages, makeDirectories, makeUsers } from "./prepare";
import { revokeHad } from "./revoke";
import { planFor, reload, restart, settle, switchTo } from "./switch";
import { tidy } from "./tidy";
import { isSha, readRelease, unpack } from "./unpack";
import { verify } from "./verify";

const short = (sha: string): string => sha.slice(0, 12);
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Both are waited for: a failure of one does not leave the other at work behind our back. */
const all = async (works: readonly Promise<void>[]): Promise<void> => {
  const failures = (await Promise.allSettled(works)).flatMap((end) =>
    end.status === "rejected" ? [reason(end.reason)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("\n"));
};

/**
 * What a release that is in place again looks like to visitors, in words that say no more than was
 * asked.
 */
const whatAnswers = async (machine: Machine, { sha, release }: Applied): Promise<string> => {
  const names = release.publicProbes ?? [];
  try {
    await probeAll(machine, release.probes);
    await probePublic(machine, names);
  } catch (error) {
    return `Rolled back to ${short(sha)}, and not all of it answers: ${reason(error)}`;
  }
  settle(machine);
  return names.length > 0
    ? `Rolled back to ${short(sha)}; all ${names.length} names answer over HTTPS.`
    : `Rolled back to ${short(sha)}; its services answer on loopback. It names nothing to ask over HTTPS.`;
};

/**
 * Goes back to the release that was in force; what it says about that is part of the error that
 * made it necessary.
 */
const goBack = async (machine: Machine, applied: Applied | undefined): Promise<string> => {
  if (!applied)
    return "There is no earlier release to go back to; what was written stays, and the next apply goes on from there.";
  const folder = `${PATHS.releases}/${applied.sha}`;
  if (!existsSync(machine.at(`${folder}/release.json`)))
    return `The earlier release ${short(applied.sha)} is not on this machine any more: nothing was rolled back.`;
  try {
    const plan = planFor(machine, applied.release, applied.release);
    await switchTo(machine, applied.release, folder, plan);
    await showAgain(machine, applied.release.certificates);
    await all([reload(machine, plan), restart(machine, plan)]);
  } catch (error) {
    return `Rolling back to ${short(applied.sha)} failed as well: ${reason(error)}`;
  }
  return await whatAnswers(machine, applied);
};

/** What a release needs before any file of it is in place. Nothing of it disturbs what runs. */
const makeReady = async (machine: Machine, release: Release, isFirst: boolean): Promise<void> => {
  if (isFirst) await awaitFirstBoot(machine);
  await installPackages(machine, release.packages);
  await makeUsers(machine, release.users);
  makeDirectories(machine, release.directories);
  // Machines that an earlier agent was told of their peer keep to this one's rules as well.
  const identity = readJson<Identity>(machine.at(PATHS.identity));
  if (identity?.peer) await settlePeer(machine, identity);
  await putBack(machine, release);
  for (const certificate of release.certificates) await linkCertificate(machine, certificate);
  for (const { name, hosts } of release.certificateCopies ?? [])
    await linkCertificate(machine, { name, hosts, email: "" });
  await refreshCopies(machine, release.certificateCopies);
};

/** Switches and restarts; when that does not end well, the release before is in force again. */
const switchOver = async (
  machine: Machine,
  sha: string,
  folder: string,
  release: Release,
  before: Applied | undefined,
  plan: Plan,
): Promise<void> => {
  try {
    await switchTo(machine, release, folder, plan);
    if (isIdle(plan)) machine.log("everything is in place already");
    // The web server first asks for its certificates while the services come up behind it: each
    // takes seconds.
    const services = (async (): Promise<void> => {
      await restart(machine, plan);
      await probeAll(machine, release.probes);
    })();
    const front = async (): Promise<void> => {
      await reload(machine, plan);
      for (const certificate of release.certificates) await obtain(machine, certificate, services);
    };
    await all([front(), services]);
    machine.log(`${release.probes.length} services answer`);
    await probePublic(machine, release.publicProbes ?? []);
  } catch (error) {
    machine.log(`release ${short(sha)} failed; going back`);
    const back = await goBack(machine, before);
    note(machine, `failed ${sha}: ${reason(error)}\n${back}`);
    throw new Error(`release ${short(sha)} is not in force.\n${reason(error)}\n${back}`);
  }
};

/** "name@domain". A fleet may take another name or another domain; with both it is another one. */
const refuseStranger = (before: Release | undefined, { fleet }: Release): void => {
  const [was = [], is = []] = [before?.fleet?.split("@"), fleet?.split("@")];
  if (was.length > 0 && is.length > 0 && was.every((word, index) => word !== is[index]))
    throw new Error(
      `this release is of the fleet ${fleet ?? ""}, and this machine is of ${before?.fleet ?? ""}. Nothing was touched. Apply it to the machine that it is for, or make this one anew.`,
    );
};

/** Makes an unpacked release the one in force, or leaves the one before in force and says why. */
const bringIn = async (
  machine: Machine,
  sha: string,
  folder: string,
  release: Release,
): Promise<void> => {
  const before = readApplied(machine);
  await makeReady(machine, release, !before);
  const plan = planFor(machine, before?.release, release);
  try {
    await verify(machine, folder, release, plan);
  } catch (error) {
    note(machine, `refused ${sha}: ${reason(error)}`);
    throw new Error(
      `release ${short(sha)} does not verify; nothing that runs was touched.\n${reason(error)}`,
    );
  }
  const work = (): Promise<void> => switchOver(machine, sha, folder, release, before, plan);
  // Nobody has been using what is set up for the first time.
  await (before
    ? announced(
        machine,
        before.release,
        release,
        plan,
        `release ${short(sha)} on the primary`,
        work,
      )
    : work());
  recordApplied(machine, sha, release);
  settle(machine);
  await revokeHad(machine);
};

/**
 * `fleet-agent apply SHA`. Idempotent; killed at any moment, the next one goes on from what is
 * there. `onlyReady`: what disturbs nothing is done, and the switch left to the next one.
 */
export const apply = async (machine: Machine, sha: string, onlyReady = false): Promise<void> => {
  if (!isSha(sha)) throw new Error(`fleet-agent apply: "${sha}" is no sha256 (64 hex digits).`);
  const folder = await unpack(machine, sha);
  const identity = readJson<Identity>(machine.at(PATHS.identity));
  const release = readRelease(machine, folder, identity?.role);
  refuseStranger(readApplied(machine)?.release, release);
  // An agent of before has taken the identity without heeding who may log in.
  if (identity) await authorizeOperators(machine, identity);
  machine.log(
    `release ${short(sha)}: ${release.files.length} files, ${release.trees.length} trees, ${release.units.length} units`,
  );
  if (onlyReady) {
    await makeReady(machine, release, !readApplied(machine));
    machine.log(`release ${short(sha)} is ready`);
    return;
  }
  await bringIn(machine, sha, folder, release);
  tidy(machine);
  machine.log(`release ${short(sha)} is in force`);
};

/** The release before the current one, by hand. */
export const rollback = async (machine: Machine): Promise<void> => {
  const [applied, previous] = [readApplied(machine), readPrevious(machine)];
  if (!applied || !previous)
    throw new Error("fleet-agent rollback: there is no earlier release on this machine.");
  const folder = `${PATHS.releases}/${previous.sha}`;
  await bringIn(machine, previous.sha, folder, readRelease(machine, folder, applied.release.role));
  machine.log(
    `release ${short(previous.sha)} is in force again. The next ./fleet up brings what fleet.yaml says.`,
  );
};
