import { chmod } from "node:fs/promises";
import { join } from "node:path";

import { machineNetns } from "../network/addresses";
import { plugIn, pullCable, unplug } from "../network/links";
import { mountBase } from "./base-image";
import { boot } from "./boot";
import {
  isPopulated,
  killGroup,
  limitGroup,
  makeGroup,
  removeGroup,
  type Hierarchies,
} from "./cgroups";
import { tail } from "./console-log";
import { losePower, mountDisk, rootOf, unmountDisk } from "./disk";
import { enter } from "./enter";
import { command, initOf } from "./init";
import { writeInside } from "./inside";
import { readMachine, volumesOf, type MachineFile } from "./machine-file";
import { groupOf, SUPERVISOR_GROUP } from "./machine-groups";
import { removeNspawnLeftovers } from "./nspawn-leftovers";
import { seedFiles } from "./seed";
import type { MachineSpec } from "./spec";
import { sshAnswersAt, waitForSsh } from "./ssh-answer";
import { consoleOf, isRunning, placeOf, type Surroundings } from "./surroundings";
import { trust } from "./trust";
import { prepareViews, viewFiles } from "./views";
import { closeVolumes, openVolumes } from "./volumes";

/** Whether its supervisor lives, the process that boots it again after a reboot. */
export const isSupervised = ({ host, paths }: Surroundings, dropletId: number): Promise<boolean> =>
  isPopulated(host, paths.id, `${groupOf(dropletId)}/${SUPERVISOR_GROUP}`);

const SSH_DEADLINE = 60_000;

/**
 * A machine of `memoryMiB` may have that many processes before fork fails, as its kernel would
 * allow it.
 */
const processLimit = (memoryMiB: number): number => Math.max(1024, memoryMiB * 8);

export const limit = async (around: Surroundings, spec: MachineSpec): Promise<void> => {
  const failed = await limitGroup(around.host, around.paths.id, groupOf(spec.dropletId), {
    ...spec,
    cpus: around.cpus.assign(spec.dropletId, spec.vcpus),
    processes: processLimit(spec.memoryMiB),
  });
  if (failed.length)
    around.log(`droplet ${spec.dropletId}: this host can't limit ${failed.join(", ")}`);
};

const writeSeed = async (root: string, spec: MachineSpec): Promise<void> => {
  for (const file of seedFiles(spec)) await writeInside(root, file.path, file.text, 0o600);
  await chmod(join(root, "var/lib/cloud"), 0o755);
};

/** Mounts, wires and boots a machine that is off; resolves when its supervisor runs. */
const start = async (around: Surroundings, file: MachineFile): Promise<void> => {
  const { spec, base } = file;
  const { paths, host } = around;
  const place = placeOf(paths, spec.dropletId);
  await mountDisk(place, await mountBase(paths.machines, base));
  await writeSeed(rootOf(place), spec);
  await trust(rootOf(place), around.trustedCertificates);
  await plugIn(paths, spec.dropletId, spec.networks);
  const devices = await openVolumes(paths.machines, volumesOf(file));
  await prepareViews(paths.machines, spec, around.cpus.assign(spec.dropletId, spec.vcpus));
  // Limited before its first process, which would else count the host's CPUs.
  await makeGroup(host, paths.id, groupOf(spec.dropletId));
  await limit(around, spec);
  const files = viewFiles(paths.machines, spec.dropletId);
  await boot({
    host,
    lab: paths.id,
    dropletId: spec.dropletId,
    hostname: spec.name,
    root: rootOf(place),
    consoleLog: consoleOf(paths, spec.dropletId),
    devices,
    files,
  });
};

/**
 * The machine's processes are gone: frees disk, links and group. Fine when they are free already.
 */
export const clearAway = async (around: Surroundings, dropletId: number): Promise<void> => {
  await unmountDisk(placeOf(around.paths, dropletId));
  const file = await readMachine(around.paths.machines, dropletId);
  if (file) await closeVolumes(around.paths.machines, volumesOf(file));
  await around.latency.clear(dropletId);
  around.cpus.release(dropletId);
  await unplug(around.paths, dropletId);
  await removeNspawnLeftovers((machine) => machine === machineNetns(around.paths.id, dropletId));
  await removeGroup(around.host, around.paths.id, groupOf(dropletId));
};

/** As pulling the plug; fine when it is off. */
export const cutPower = async (around: Surroundings, dropletId: number): Promise<void> => {
  await pullCable(around.paths, dropletId);
  await killGroup(around.host, around.paths.id, groupOf(dropletId));
  await losePower(placeOf(around.paths, dropletId));
  await clearAway(around, dropletId);
};

/** Where nobody outside can ask, the machine itself is looked at. */
const listens = async (around: Surroundings, dropletId: number): Promise<boolean> =>
  (await initOf(around.host, around.paths.id, dropletId)) !== undefined &&
  (await enter(around, dropletId, ["sh", "-c", "ss -Hltn 'sport = :22' | grep -q ."])).code === 0;

const untilSsh = (around: Surroundings, { dropletId, networks }: MachineSpec): Promise<boolean> =>
  waitForSsh(
    () => (networks.privateOnly ? listens(around, dropletId) : sshAnswersAt(networks.ipv4)),
    SSH_DEADLINE,
    () => isRunning(around, dropletId),
  );

/**
 * Boots a machine that is off and waits for its sshd, or until it can be said that there will be
 * none for long. Rejects when it dies.
 */
export const powerUp = async (around: Surroundings, file: MachineFile): Promise<void> => {
  const { spec } = file;
  try {
    await clearAway(around, spec.dropletId);
    await start(around, file);
  } catch (error) {
    await cutPower(around, spec.dropletId);
    throw error;
  }
  const answered = await untilSsh(around, spec);
  if (answered) return;
  if (await isRunning(around, spec.dropletId))
    return around.log(
      `droplet ${spec.dropletId}: runs, but its sshd has not answered for ${SSH_DEADLINE / 1000} s`,
    );
  throw new Error(
    `droplet ${spec.dropletId} died while booting: ${(await tail(around.paths, spec.dropletId, 3)).replaceAll("\n", " / ")}`,
  );
};

/**
 * Asks a machine to power off and waits until its processes are gone; resolves with false when it
 * still runs after `seconds`.
 */
export const askToPowerOff = (
  host: Hierarchies,
  lab: string,
  dropletId: number,
  seconds: number,
): Promise<boolean> =>
  command({
    order: "powerOff",
    seconds,
    init: () => initOf(host, lab, dropletId),
    obeyed: async () => !(await isPopulated(host, lab, groupOf(dropletId))),
  });

/** Rejects when it does not obey in time. */
export const powerDown = async (
  around: Surroundings,
  dropletId: number,
  seconds: number,
): Promise<void> => {
  if (!(await askToPowerOff(around.host, around.paths.id, dropletId, seconds)))
    throw new Error(`droplet ${dropletId} was asked to power off and has not within ${seconds} s`);
  await clearAway(around, dropletId);
};

/** systemd gives a service that does not want to end 90 s. */
const REBOOT_SECONDS = 150;

/**
 * Asks the machine to boot again and waits for its sshd. One that is between two boots has been
 * asked already.
 */
export const restart = async (around: Surroundings, spec: MachineSpec): Promise<void> => {
  const { dropletId } = spec;
  const current = async (): Promise<number | undefined> => {
    if (!(await isRunning(around, dropletId))) throw new Error(`droplet ${dropletId} is off`);
    return initOf(around.host, around.paths.id, dropletId);
  };
  const before = await current();
  const isAnother = async (): Promise<boolean> => ![undefined, before].includes(await current());
  if (
    !(await command({
      order: "reboot",
      seconds: REBOOT_SECONDS,
      init: () => Promise.resolve(before),
      obeyed: isAnother,
    }))
  )
    throw new Error(
      `droplet ${dropletId} was asked to reboot and has not within ${REBOOT_SECONDS} s`,
    );
  await untilSsh(around, spec);
};
