import { mkdir } from "node:fs/promises";
import { basename } from "node:path";

import { createLatency } from "../network/latency";
import { openIpv6 } from "../network/links";
import { createRouter } from "../network/router";
import type { LabPaths } from "../paths";
import { dropletKey, type KeyedQueue } from "../queue";
import { regularly } from "../regularly";
import { createActiveFaults } from "./active-faults";
import { hostHierarchies } from "./cgroups";
import { createCpuPlan, hostCpus } from "./cpus";
import { clearImports, importImage } from "./custom-image/import";
import { growDisk, mountBase, shareMounts, unmountDisk } from "./disk";
import { enter } from "./enter";
import type { MachineHost, MachineSpec, Power, VolumeSpec } from "./hypervisor";
import { ensureImage } from "./image/build";
import { cutPower, limit, restart, tail } from "./machine";
import { createPowerSwitch, keep, machineOf, type Machine } from "./power";
import { diskFromImage, dropSnapshot, dropUnusedBases, takeSnapshot } from "./snapshots";
import { forgetMachine, machineFolder, readMachines, volumesOf } from "./store";
import { placeOf, type Surroundings } from "./surroundings";
import { usageOf } from "./usage";
import { keepViews } from "./views";
import { copyVolume, growVolume, plugVolume, removeVolume, unplugVolume } from "./volumes";

export interface NspawnOptions {
  readonly paths: LabPaths;
  /** PEM: all root certificates that machines trust besides Debian's. */
  readonly trustedCertificates: string;
  /** Callers have the droplet's turn already (see hypervisor.ts); it is taken here only for what a machine does by itself. */
  readonly queue: KeyedQueue;
  readonly log: (line: string) => void;
}

/** Real Debian machines under systemd-nspawn. Its process has to be in the router's network namespace; one a lab (the lab's lock sees to it). */
export const createNspawnHypervisor = async (options: NspawnOptions): Promise<MachineHost> => {
  const { paths, queue, log } = options;
  const around: Surroundings = {
    ...options,
    host: await hostHierarchies(),
    latency: createLatency(paths),
    cpus: createCpuPlan(await hostCpus()),
  };
  const machines = new Map<number, Machine>();
  const listeners: ((dropletId: number, power: Power) => void)[] = [];
  const router = createRouter(
    paths,
    () => new Map([...machines].map(([dropletId, { file }]) => [dropletId, file.spec.networks])),
  );
  const faults = createActiveFaults(around, router);
  const power = createPowerSwitch(around, queue, {
    started: async ({ file: { spec } }) => {
      // A link that is new knows no IPv6 neighbours.
      if (spec.networks.ipv6) await router.apply({});
      await faults.again(spec.dropletId);
    },
    ended: (dropletId) => {
      for (const listener of listeners) listener(dropletId, "off");
    },
  });

  await shareMounts(paths.machines);
  await clearImports(paths.machines);
  const { files, halfMade } = await readMachines(paths.machines);
  for (const dropletId of halfMade) {
    await cutPower(around, dropletId);
    await forgetMachine(paths.machines, dropletId);
  }
  for (const file of files) machines.set(file.spec.dropletId, machineOf(file));

  const known = (dropletId: number): Machine => {
    const machine = machines.get(dropletId);
    if (!machine) throw new Error(`there is no machine for droplet ${dropletId}`);
    return machine;
  };
  const withMachine = async <T>(
    dropletId: number,
    work: (machine: Machine) => Promise<T>,
  ): Promise<T> => work(known(dropletId));

  const freshDisk = async (spec: MachineSpec): Promise<string> => {
    const image = await ensureImage(paths.cache, ({ step, detail, seconds }) =>
      log(`${step}: ${detail ?? `${seconds} s`}`),
    );
    await mountBase(paths.machines, basename(image), image);
    await mkdir(machineFolder(paths.machines, spec.dropletId), { recursive: true });
    return diskFromImage(placeOf(paths, spec.dropletId), spec.image, spec.diskGiB, basename(image));
  };

  const makeNew = async (spec: MachineSpec, volumes: readonly VolumeSpec[]): Promise<Machine> => {
    const machine = machineOf({ spec, base: await freshDisk(spec), on: true, volumes });
    await keep(paths.machines, machine, {});
    machines.set(spec.dropletId, machine);
    // The firewall stands before the machine's first packet.
    await router.apply({});
    return machine;
  };

  const remove = async (machine: Machine): Promise<void> => {
    const { dropletId } = machine.file.spec;
    power.unwatch(machine);
    await cutPower(around, dropletId);
    machines.delete(dropletId);
    await forgetMachine(paths.machines, dropletId);
    await dropUnusedBases(paths.machines);
    await faults.forget(dropletId);
  };

  const each = async (work: (machine: Machine) => Promise<void>): Promise<void> => {
    const ends = await Promise.allSettled(
      [...machines].map(([dropletId, machine]) =>
        queue.run(dropletKey(dropletId), () => work(machine)),
      ),
    );
    for (const end of ends) if (end.status === "rejected") log(String(end.reason));
  };

  const running = (): MachineSpec[] =>
    [...machines.values()].filter(({ power }) => power === "on").map(({ file }) => file.spec);
  keepViews(around, running);
  regularly(
    2,
    async () => {
      await Promise.all(running().map(({ dropletId }) => faults.renew(dropletId)));
    },
    (error) => log(`faults: ${error.message}`),
  );

  return {
    create: async (spec, volumes = []) => {
      const machine = machines.get(spec.dropletId) ?? (await makeNew(spec, volumes));
      await power.on(machine);
    },
    destroy: async (dropletId) => {
      const machine = machines.get(dropletId);
      if (machine) await remove(machine);
    },
    powerOn: (dropletId) => withMachine(dropletId, power.on),
    powerOff: (dropletId) => withMachine(dropletId, power.pull),
    shutdown: (dropletId, seconds) =>
      withMachine(dropletId, (machine) => power.shutdown(machine, seconds)),
    reboot: (dropletId) => withMachine(dropletId, ({ file }) => restart(around, file.spec)),
    power: (dropletId) => known(dropletId).power,
    onPowerChange: (listener) => {
      listeners.push(listener);
    },
    resize: (dropletId, { memoryMiB, vcpus, diskGiB }) =>
      withMachine(dropletId, async (machine) => {
        const spec = {
          ...machine.file.spec,
          memoryMiB,
          vcpus,
          diskGiB: Math.max(diskGiB ?? 0, machine.file.spec.diskGiB),
        };
        if (machine.power === "off" && diskGiB !== undefined)
          await growDisk(placeOf(paths, dropletId), spec.diskGiB);
        if (machine.power === "on") await limit(around, spec);
        await keep(paths.machines, machine, { spec });
      }),
    enableIpv6: (dropletId, ipv6) =>
      withMachine(dropletId, async (machine) => {
        const networks = { ...machine.file.spec.networks, ipv6 };
        await keep(paths.machines, machine, { spec: { ...machine.file.spec, networks } });
        if (machine.power === "on") await openIpv6(paths, dropletId, networks);
        await router.apply({});
      }),
    snapshot: (dropletId, key) =>
      withMachine(dropletId, ({ file }) => takeSnapshot(placeOf(paths, dropletId), file.base, key)),
    deleteSnapshot: (key) => dropSnapshot(paths.machines, key),
    importImage: (url, key) => importImage(paths, url, key),
    rebuild: (spec) =>
      withMachine(spec.dropletId, async (machine) => {
        await power.pull(machine);
        await unmountDisk(placeOf(paths, spec.dropletId));
        await keep(paths.machines, machine, { spec, base: await freshDisk(spec) });
        await power.on(machine);
      }),
    attachVolume: (dropletId, volume) =>
      withMachine(dropletId, async (machine) => {
        const others = volumesOf(machine.file).filter((one) => one.id !== volume.id);
        if (machine.power === "on") await plugVolume(around, dropletId, volume);
        await keep(paths.machines, machine, { volumes: [...others, volume] });
      }),
    detachVolume: (dropletId, volumeId) =>
      withMachine(dropletId, async (machine) => {
        const volume = volumesOf(machine.file).find((one) => one.id === volumeId);
        if (volume) await unplugVolume(around, dropletId, volume);
        await keep(paths.machines, machine, {
          volumes: volumesOf(machine.file).filter((one) => one.id !== volumeId),
        });
      }),
    resizeVolume: (volumeId, sizeGiB) => growVolume(paths.machines, volumeId, sizeGiB),
    deleteVolume: (volumeId) => removeVolume(paths.machines, volumeId),
    copyVolume: (fromId, toId) => copyVolume(paths.machines, fromId, toId),
    applyNetwork: (plan) => router.apply({ plan }),
    injectFault: async (fault) => {
      const machine = known(fault.dropletId);
      return fault.kind === "power-cut" ? power.pull(machine) : faults.inject(fault);
    },
    clearFault: (fault) =>
      fault.kind === "power-cut" ? withMachine(fault.dropletId, power.on) : faults.clear(fault),
    usage: (dropletId) => usageOf(around, known(dropletId).file.spec),
    consoleTail: (dropletId, lines) => tail(paths, known(dropletId).file.spec.dropletId, lines),
    exec: async (dropletId, argv, input) =>
      enter(around, known(dropletId).file.spec.dropletId, argv, input),
    machines: () => [...machines].map(([dropletId, { power }]) => ({ dropletId, power })),
    takeOver: () => each(power.adopt),
    shutdownAll: (seconds) =>
      each(async (machine) => {
        if (machine.power === "on") await power.suspend(machine, seconds);
      }),
  };
};
