import { serviceOfUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { Identity, Release } from "@second-server/contract/release";

import { refreshCopies } from "../backup/certificate-copy";
import { putBack } from "../backup/put-back";
import { readJson } from "../files";
import { writeHistory } from "../history";
import type { Machine } from "../machine";
import { bringHistoryFirst } from "../observatory/bring-back";
import { authorizeOperators } from "../operator-keys";
import { compose } from "../parts/compose";
import { blobPath, keepParts } from "../parts/keep";
import { servicesOf } from "../parts/part";
import { pushedParts } from "../parts/pushed";
import { settlePeer } from "../peer-account";
import { note, readApplied, readPrevious, recordApplied } from "../record";
import { announced } from "./announce";
import { linkCertificate } from "./certificates";
import { keepEarlier } from "./earlier";
import type { Plan } from "./plan";
import {
  awaitFirstBoot,
  installPackages,
  makeDirectories,
  makeQuicKey,
  makeUsers,
} from "./prepare";
import { revokeHad } from "./revoke";
import { planFor, planForService, settle } from "./switch";
import { type OneService, deed, reason, short, switchOver } from "./switch-over";
import { tidy } from "./tidy";
import { isSha, readRelease, unpack } from "./unpack";
import { verify } from "./verify";

/** What a release needs before any file of it is in place. Nothing of it disturbs what runs. */
const makeReady = async (machine: Machine, release: Release, isFirst: boolean): Promise<void> => {
  if (isFirst) await awaitFirstBoot(machine);
  await installPackages(machine, release.packages);
  await makeUsers(machine, release.users);
  makeDirectories(machine, release.directories);
  makeQuicKey(machine);
  // Machines that an earlier agent was told of their peer keep to this one's rules as well.
  const identity = readJson<Identity>(machine.at(PATHS.identity));
  if (identity?.peer) await settlePeer(machine, identity);
  await putBack(machine, release);
  for (const certificate of release.certificates) await linkCertificate(machine, certificate);
  for (const { name, hosts } of release.certificateCopies ?? [])
    await linkCertificate(machine, { name, hosts, email: "" });
  await refreshCopies(machine, release.certificateCopies);
};

/** "name@domain". A fleet may take another name or another domain; with both it is another one. */
const refuseStranger = (before: Release | undefined, { fleet }: Release): void => {
  const [was = [], is = []] = [before?.fleet?.split("@"), fleet?.split("@")];
  if (was.length > 0 && is.length > 0 && was.every((word, index) => word !== is[index]))
    throw new Error(
      `this release is of the fleet ${fleet ?? ""}, and this machine is of ${before?.fleet ?? ""}. Nothing was touched. Apply it to the machine that it is for, or make this one anew.`,
    );
};

const readyPlan = async (
  machine: Machine,
  before: Release | undefined,
  release: Release,
): Promise<Plan> => {
  await makeReady(machine, release, !before);
  // By now the primary knows this machine, and the Observatory has not begun.
  if (!before && release.role === "watcher") await bringHistoryFirst(machine);
  return planFor(machine, before, release);
};

/** All else that the machine needs has come with the release before: only one service differs. */
const readyPlanOfOne = async (
  machine: Machine,
  before: Release,
  release: Release,
  service: string,
): Promise<Plan> => {
  const had = new Set(before.packages);
  await installPackages(
    machine,
    release.packages.filter((name) => !had.has(name)),
  );
  return planForService(machine, before, release, service);
};

/**
 * Makes an unpacked release the one in force, or leaves the one before in force and says why.
 * `only`: the one service that it is about.
 */
export const bringIn = async (
  machine: Machine,
  sha: string,
  folder: string,
  release: Release,
  only?: OneService,
): Promise<void> => {
  const before = readApplied(machine);
  refuseStranger(before?.release, release);
  const plan =
    before && only
      ? await readyPlanOfOne(machine, before.release, release, only.name)
      : await readyPlan(machine, before?.release, release);
  try {
    await verify(machine, folder, release, plan);
  } catch (error) {
    note(machine, `refused ${sha}: ${reason(error)}`);
    writeHistory(machine, deed("refused", sha, only, reason(error)));
    throw new Error(
      `release ${short(sha)} does not verify; nothing that runs was touched.\n${reason(error)}`,
    );
  }
  const processes = new Set(release.units.map(({ name }) => serviceOfUnit(name)));
  keepEarlier(
    machine,
    before?.release,
    plan.switchTrees.filter(
      ({ name }) => servicesOf(release).includes(name) && !processes.has(name),
    ),
  );
  const work = (): Promise<void> =>
    switchOver(machine, {
      sha,
      folder,
      release,
      before,
      plan,
      only,
    });
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
  if (before?.sha !== sha) writeHistory(machine, deed("in force", sha, only));
  keepParts(machine, folder, release, only && [only.name]);
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
  const parts = pushedParts(machine, readApplied(machine)?.release, release);
  const whole =
    parts.length === 0
      ? { sha, folder, release }
      : await compose(machine, { sha, release }, parts, blobPath);
  await bringIn(machine, whole.sha, whole.folder, whole.release);
  tidy(machine);
  machine.log(`release ${short(whole.sha)} is in force`);
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
