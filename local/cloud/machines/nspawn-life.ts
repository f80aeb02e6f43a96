import { mkdir } from "node:fs/promises";
import { basename } from "node:path";

import { mountBase } from "./base-image";
import { killGroup } from "./cgroups";
import { unmountDisk } from "./disk";
import type { Hypervisor } from "./hypervisor";
import { ensureImage } from "./image/build";
import { cutPower, restart } from "./machine";
import { forgetMachine, machineFolder } from "./machine-file";
import { groupOf } from "./machine-groups";
import { keep, type Machine, machineOf } from "./machine-table";
import type { NspawnParts } from "./nspawn-parts";
import { diskFromImage, dropUnusedBases } from "./snapshots";
import type { MachineSpec, VolumeSpec } from "./spec";
import { placeOf, type Surroundings } from "./surroundings";

/** Makes the disk that a machine begins with; resolves with its base image's name. */
const freshDisk = async ({ paths, log }: Surroundings, spec: MachineSpec): Promise<string> => {
  const image = await ensureImage(paths.cache, ({ step, detail, seconds }) =>
    log(`${step}: ${detail ?? `${seconds} s`}`),
  );
  const name = basename(image);
  await mountBase(paths.machines, name, image);
  await mkdir(machineFolder(paths.machines, spec.dropletId), { recursive: true });
  return diskFromImage(placeOf(paths, spec.dropletId), spec.image, spec.diskGiB, name);
};

const makeNew = async (
  { around, table, router }: NspawnParts,
  spec: MachineSpec,
  volumes: readonly VolumeSpec[],
): Promise<Machine> => {
  const base = await freshDisk(around, spec);
  const machine = machineOf({ spec, base, on: true, volumes });
  await keep(around.paths.machines, machine, {});
  table.byId.set(spec.dropletId, machine);
  // The firewall stands before the machine's first packet.
  await router.load();
  return machine;
};

const remove = async (parts: NspawnParts, machine: Machine): Promise<void> => {
  const { around, table, router, power, faults } = parts;
  const { machines } = around.paths;
  const { dropletId } = machine.file.spec;
  power.unwatch(machine);
  await cutPower(around, dropletId);
  table.byId.delete(dropletId);
  await forgetMachine(machines, dropletId);
  await dropUnusedBases(machines);
  faults.forget(dropletId);
  await router.load();
};

type LifeOperations = Pick<
  Hypervisor,
  | "create"
  | "interrupt"
  | "destroy"
  | "rebuild"
  | "powerOn"
  | "powerOff"
  | "shutdown"
  | "reboot"
  | "power"
>;

/** A machine's beginning, its end, and its power between them. */
export const lifeOperations = (parts: NspawnParts): LifeOperations => {
  const { around, table, power } = parts;
  const { paths } = around;
  return {
    create: async (spec, volumes = []) => {
      const machine = table.byId.get(spec.dropletId) ?? (await makeNew(parts, spec, volumes));
      try {
        await power.on(machine);
      } catch (error) {
        // Its creation is told as failed, and the droplet as off: the next daemon has not to boot
        // it.
        await keep(paths.machines, machine, { on: false });
        throw error;
      }
    },
    interrupt: (dropletId) => killGroup(around.host, paths.id, groupOf(dropletId)),
    destroy: async (dropletId) => {
      const machine = table.byId.get(dropletId);
      if (machine) await remove(parts, machine);
    },
    rebuild: (spec) =>
      table.use(spec.dropletId, async (machine) => {
        await power.pull(machine);
        await unmountDisk(placeOf(paths, spec.dropletId));
        const base = await freshDisk(around, spec);
        await keep(paths.machines, machine, { spec, base });
        await power.on(machine);
      }),
    powerOn: (dropletId) => table.use(dropletId, power.on),
    powerOff: (dropletId) => table.use(dropletId, power.pull),
    shutdown: (dropletId, seconds) =>
      table.use(dropletId, (machine) => power.shutdown(machine, seconds)),
    reboot: (dropletId) => table.use(dropletId, ({ file }) => restart(around, file.spec)),
    power: (dropletId) => table.known(dropletId).power,
  };
};
