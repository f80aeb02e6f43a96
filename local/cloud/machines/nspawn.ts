import type { FSWatcher } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename } from "node:path";
import { createLatency } from "../network/latency";
import { openIpv6 } from "../network/links";
import { createRouter } from "../network/router";
import type { LabPaths } from "../paths";
import { regularly } from "../regularly";
import { groupOf } from "./boot";
import { createActiveFaults } from "./active-faults";
import { clearImports, importImage } from "./custom-image/import";
import { hostHierarchies, makeGroup, watchGroup } from "./cgroups";
import { createCpuPlan, hostCpus } from "./cpus";
import { fsOf, growDisk, mountBase, shareMounts, thawDisk, unmountDisk } from "./disk";
import { enter } from "./enter";
import { clearAllFaults } from "./faults";
import type { MachineHost, MachineSpec, Power, VolumeSpec } from "./hypervisor";
import { ensureImage } from "./image/build";
import { clearAway, cutPower, isKept, limit, powerDown, powerUp, restart, tail } from "./machine";
import { diskFromImage, dropSnapshot, dropUnusedBases, takeSnapshot } from "./snapshots";
import { forgetMachine, machineFolder, readMachines, volumesOf, writeMachine, type MachineFile } from "./store";
import { isRunning, placeOf, type Surroundings } from "./surroundings";
import { usageOf } from "./usage";
import { copyVolume, growVolume, plugVolume, removeVolume, unplugVolume } from "./volumes";
import { keepViews } from "./views";

export interface NspawnOptions {
  readonly paths: LabPaths;
  /** PEM: all root certificates that machines trust besides Debian's. */
  readonly trustedCertificates: string;
  readonly log: (line: string) => void;
}

interface Machine {
  file: MachineFile;
  power: Power;
  watcher?: FSWatcher;
  /** Ends when the machine's last operation has: one at a time. */
  last: Promise<unknown>;
}

/** Real Debian machines under systemd-nspawn. Its process has to be in the router's network namespace; one a lab (the lab's lock sees to it). */
export const createNspawnHypervisor = async (options: NspawnOptions): Promise<MachineHost> => {
  const { paths, log } = options;
  const around: Surroundings = { ...options, host: await hostHierarchies(), latency: createLatency(paths), cpus: createCpuPlan(await hostCpus()) };
  const machines = new Map<number, Machine>();
  const listeners: ((dropletId: number, power: Power) => void)[] = [];
  const router = createRouter(paths, () => new Map([...machines].map(([dropletId, { file }]) => [dropletId, file.spec.networks])));
  const faults = createActiveFaults(around, router);

  await shareMounts(paths.machines);
  await clearImports(paths.machines);
  const { files, halfMade } = await readMachines(paths.machines);
  for (const dropletId of halfMade) {
    await cutPower(around, dropletId);
    await forgetMachine(paths.machines, dropletId);
  }
  for (const file of files) machines.set(file.spec.dropletId, { file, power: "off", last: Promise.resolve() });

  const known = (dropletId: number): Machine => {
    const machine = machines.get(dropletId);
    if (!machine) throw new Error(`there is no machine for droplet ${dropletId}`);
    return machine;
  };

  const oneAtATime = <T>(machine: Machine, work: () => Promise<T>): Promise<T> => {
    const mine = machine.last.then(work);
    machine.last = mine.catch(() => undefined);
    return mine;
  };

  const keep = async (machine: Machine, change: Partial<MachineFile>): Promise<void> => {
    machine.file = { ...machine.file, ...change };
    await writeMachine(paths.machines, machine.file);
  };

  const unwatch = (machine: Machine): void => {
    machine.watcher?.close();
    machine.watcher = undefined;
  };

  /** The machine is gone without having been asked to: its own poweroff, or a crash. */
  const noticeEnd = (machine: Machine): void => {
    const { dropletId } = machine.file.spec;
    void oneAtATime(machine, async () => {
      if (machine.power === "off" || !machine.watcher || (await isRunning(around, dropletId))) return;
      unwatch(machine);
      // It is off, whatever becomes of what it leaves behind: the next power on clears that away as well.
      machine.power = "off";
      await keep(machine, { on: false });
      for (const listener of listeners) listener(dropletId, "off");
      await clearAway(around, dropletId);
    }).catch((error: Error) => log(`droplet ${dropletId}: clearing away after its end failed: ${error.message}`));
  };

  const watchOver = (machine: Machine): void => {
    unwatch(machine);
    machine.watcher = watchGroup(around.host, paths.id, groupOf(machine.file.spec.dropletId), () => noticeEnd(machine));
    // It may have ended before the watch began.
    noticeEnd(machine);
  };

  const up = async (machine: Machine): Promise<void> => {
    if (machine.power === "on") return;
    await powerUp(around, machine.file);
    machine.power = "on";
    await keep(machine, { on: true });
    watchOver(machine);
    // A link that is new knows no IPv6 neighbours.
    if (machine.file.spec.networks.ipv6) await router.apply({});
    await faults.again(machine.file.spec.dropletId);
  };

  const off = async (machine: Machine, means: (dropletId: number) => Promise<void>, on = false): Promise<void> => {
    const { watcher } = machine;
    machine.watcher = undefined;
    try {
      await means(machine.file.spec.dropletId);
    } catch (error) {
      machine.watcher = watcher;
      throw error;
    }
    watcher?.close();
    machine.power = "off";
    await keep(machine, { on });
  };

  const pull = (machine: Machine): Promise<void> => off(machine, (dropletId) => cutPower(around, dropletId));

  const freshDisk = async (spec: MachineSpec): Promise<string> => {
    const image = await ensureImage(paths.cache, ({ step, detail, seconds }) => log(`${step}: ${detail ?? `${seconds} s`}`));
    await mountBase(paths.machines, basename(image), image);
    await mkdir(machineFolder(paths.machines, spec.dropletId), { recursive: true });
    return diskFromImage(placeOf(paths, spec.dropletId), spec.image, spec.diskGiB, basename(image));
  };

  const makeNew = async (spec: MachineSpec, volumes: readonly VolumeSpec[]): Promise<Machine> => {
    const machine: Machine = { file: { spec, base: await freshDisk(spec), on: true, volumes }, power: "off", last: Promise.resolve() };
    await keep(machine, {});
    machines.set(spec.dropletId, machine);
    // The firewall stands before the machine's first packet.
    await router.apply({});
    return machine;
  };

  const remove = async (machine: Machine): Promise<void> => {
    const { dropletId } = machine.file.spec;
    unwatch(machine);
    await cutPower(around, dropletId);
    machines.delete(dropletId);
    await forgetMachine(paths.machines, dropletId);
    await dropUnusedBases(paths.machines);
    await faults.forget(dropletId);
  };

  const adopt = async (machine: Machine): Promise<void> => {
    const { dropletId } = machine.file.spec;
    await thawDisk(fsOf(placeOf(paths, dropletId)));
    if (await isRunning(around, dropletId)) {
      if (!(await isKept(around, dropletId))) {
        // Its keeper was killed with the rest: nobody would boot it again when it reboots.
        log(`droplet ${dropletId}: runs without a keeper; it is rebooted`);
        await powerDown(around, dropletId, 10).catch(() => cutPower(around, dropletId));
        return up(machine);
      }
      // What the last daemon did to it, this one knows nothing of.
      await clearAllFaults(around, dropletId);
      // One that an older version started may lack a group that this one wants to enter.
      await makeGroup(around.host, paths.id, groupOf(dropletId));
      await limit(around, machine.file.spec);
      machine.power = "on";
      watchOver(machine);
    } else if (machine.file.on) await up(machine);
    else await clearAway(around, dropletId);
  };

  const each = async (work: (machine: Machine) => Promise<void>): Promise<void> => {
    const ends = await Promise.allSettled([...machines.values()].map((machine) => oneAtATime(machine, () => work(machine))));
    for (const end of ends) if (end.status === "rejected") log(String(end.reason));
  };

  const running = (): MachineSpec[] => [...machines.values()].filter(({ power }) => power === "on").map(({ file }) => file.spec);
  keepViews(around, running);
  regularly(2, async () => { await Promise.all(running().map(({ dropletId }) => faults.renew(dropletId))); }, (error) => log(`faults: ${error.message}`));

  return {
    create: async (spec, volumes = []) => {
      const machine = machines.get(spec.dropletId) ?? (await makeNew(spec, volumes));
      await oneAtATime(machine, () => up(machine));
    },
    destroy: async (dropletId) => {
      const machine = machines.get(dropletId);
      if (machine) await oneAtATime(machine, () => remove(machine));
    },
    powerOn: (dropletId) => oneAtATime(known(dropletId), () => up(known(dropletId))),
    powerOff: (dropletId) => oneAtATime(known(dropletId), () => pull(known(dropletId))),
    shutdown: (dropletId, seconds) => oneAtATime(known(dropletId), () => off(known(dropletId), (id) => powerDown(around, id, seconds))),
    reboot: (dropletId) => oneAtATime(known(dropletId), () => restart(around, known(dropletId).file.spec)),
    power: (dropletId) => known(dropletId).power,
    onPowerChange: (listener) => { listeners.push(listener); },
    resize: (dropletId, { memoryMiB, vcpus, diskGiB }) => oneAtATime(known(dropletId), async () => {
      const machine = known(dropletId);
      const spec = { ...machine.file.spec, memoryMiB, vcpus, diskGiB: Math.max(diskGiB ?? 0, machine.file.spec.diskGiB) };
      if (machine.power === "off" && diskGiB !== undefined) await growDisk(placeOf(paths, dropletId), spec.diskGiB);
      if (machine.power === "on") await limit(around, spec);
      await keep(machine, { spec });
    }),
    enableIpv6: (dropletId, ipv6) => oneAtATime(known(dropletId), async () => {
      const machine = known(dropletId);
      const networks = { ...machine.file.spec.networks, ipv6 };
      await keep(machine, { spec: { ...machine.file.spec, networks } });
      if (machine.power === "on") await openIpv6(paths, dropletId, networks);
      await router.apply({});
    }),
    snapshot: (dropletId, key) => oneAtATime(known(dropletId), () => takeSnapshot(placeOf(paths, dropletId), known(dropletId).file.base, key)),
    deleteSnapshot: (key) => dropSnapshot(paths.machines, key),
    importImage: (url, key) => importImage(paths, url, key),
    rebuild: (spec) => oneAtATime(known(spec.dropletId), async () => {
      const machine = known(spec.dropletId);
      await pull(machine);
      await unmountDisk(placeOf(paths, spec.dropletId));
      await keep(machine, { spec, base: await freshDisk(spec) });
      await up(machine);
    }),
    attachVolume: (dropletId, volume) => oneAtATime(known(dropletId), async () => {
      const machine = known(dropletId);
      const others = volumesOf(machine.file).filter((one) => one.id !== volume.id);
      if (machine.power === "on") await plugVolume(around, dropletId, volume, others.length);
      await keep(machine, { volumes: [...others, volume] });
    }),
    detachVolume: (dropletId, volumeId) => oneAtATime(known(dropletId), async () => {
      const machine = known(dropletId);
      const volume = volumesOf(machine.file).find((one) => one.id === volumeId);
      if (volume) await unplugVolume(around, dropletId, volume);
      await keep(machine, { volumes: volumesOf(machine.file).filter((one) => one.id !== volumeId) });
    }),
    resizeVolume: (volumeId, sizeGiB) => growVolume(paths.machines, volumeId, sizeGiB),
    deleteVolume: (volumeId) => removeVolume(paths.machines, volumeId),
    copyVolume: (fromId, toId) => copyVolume(paths.machines, fromId, toId),
    applyNetwork: (plan) => router.apply({ plan }),
    injectFault: async (fault) => {
      const machine = known(fault.dropletId);
      if (fault.kind === "power-cut") return oneAtATime(machine, () => pull(machine));
      return faults.inject(fault);
    },
    clearFault: async (fault) => {
      if (fault.kind === "power-cut") return oneAtATime(known(fault.dropletId), () => up(known(fault.dropletId)));
      return faults.clear(fault);
    },
    usage: (dropletId) => usageOf(around, known(dropletId).file.spec),
    consoleTail: (dropletId, lines) => tail(paths, known(dropletId).file.spec.dropletId, lines),
    exec: async (dropletId, argv, input) => enter(around, known(dropletId).file.spec.dropletId, argv, input),
    machines: () => [...machines].map(([dropletId, { power }]) => ({ dropletId, power })),
    takeOver: () => each(adopt),
    shutdownAll: (seconds) => each(async (machine) => {
      if (machine.power === "off") return;
      await off(machine, async (dropletId) => powerDown(around, dropletId, seconds).catch(async (error: Error) => {
        log(`${error.message}: its plug is pulled`);
        await cutPower(around, dropletId);
      }), true);
    }),
  };
};
