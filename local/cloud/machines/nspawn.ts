import { networkFaults } from "../faults/network-faults";
import { type ActiveFault, isMachineFault } from "../faults/registry";
import { createLatency } from "../network/latency";
import { createRouter } from "../network/router";
import type { LabPaths } from "../paths";
import type { KeyedQueue } from "../queue";
import { regularly } from "../regularly";
import { hostHierarchies } from "./cgroups";
import { tail } from "./console-log";
import { createCpuPlan, hostCpus } from "./cpus";
import { clearImports, importImage } from "./custom-image/import";
import { enter } from "./enter";
import type { MachineHost } from "./hypervisor";
import { cutPower } from "./machine";
import { createMachineFaults } from "./machine-faults";
import { forgetMachine, readMachines, type MachineFile } from "./machine-file";
import { createMachineTable } from "./machine-table";
import { shareMounts } from "./mounts";
import { lifeOperations } from "./nspawn-life";
import type { NspawnParts, PowerListener } from "./nspawn-parts";
import { sizeOperations } from "./nspawn-size";
import { volumeOperations } from "./nspawn-volumes";
import { createPowerSwitch } from "./power";
import { dropSnapshot } from "./snapshots";
import type { Surroundings } from "./surroundings";
import { usageOf } from "./usage";
import { keepViews } from "./views";

export interface NspawnOptions {
  readonly paths: LabPaths;
  /** PEM: all root certificates that machines trust besides Debian's. */
  readonly trustedCertificates: string;
  /**
   * Callers have the droplet's turn already (see hypervisor.ts); it is taken here only for what a
   * machine does by itself.
   */
  readonly queue: KeyedQueue;
  /** The faults in force at the moment. */
  readonly faults: () => readonly ActiveFault[];
  readonly log: (line: string) => void;
}

/** The machines on disk; what a killed run left half-made is gone afterwards. */
const readWholeMachines = async (around: Surroundings): Promise<readonly MachineFile[]> => {
  const { machines } = around.paths;
  const { files, halfMade } = await readMachines(machines);
  for (const dropletId of halfMade) {
    await cutPower(around, dropletId);
    await forgetMachine(machines, dropletId);
  }
  return files;
};

const assembleParts = async (options: NspawnOptions): Promise<NspawnParts> => {
  const { paths, log, trustedCertificates, queue } = options;
  const around: Surroundings = {
    paths,
    log,
    trustedCertificates,
    host: await hostHierarchies(),
    latency: createLatency(paths, log),
    cpus: createCpuPlan(await hostCpus()),
  };
  await shareMounts(paths.machines);
  await clearImports(paths.machines);
  const table = createMachineTable(await readWholeMachines(around), queue, log);
  const router = createRouter(paths, {
    machines: () =>
      new Map([...table.byId].map(([dropletId, { file }]) => [dropletId, file.spec.networks])),
    faults: () => networkFaults(options.faults()),
  });
  const powerListeners: PowerListener[] = [];
  const power = createPowerSwitch(around, queue, {
    started: async ({ file: { spec } }) => {
      // A link that is new knows no IPv6 neighbours.
      if (spec.networks.ipv6) await router.load();
      await faults.afterPowerOn(spec.dropletId);
    },
    ended: (dropletId) => {
      for (const listener of powerListeners) listener(dropletId, "off");
    },
  });
  const faultTools = {
    around,
    loadNetwork: () => router.load(),
    pullPlug: (dropletId: number) => table.use(dropletId, power.pull),
    powerOn: (dropletId: number) => table.use(dropletId, power.on),
  };
  const faults = createMachineFaults(faultTools, () =>
    options.faults().filter((fault) => isMachineFault(fault)),
  );
  return {
    around,
    table,
    router,
    power,
    powerListeners,
    faults,
  };
};

/**
 * Real Debian machines under systemd-nspawn. Its process has to be in the router's network
 * namespace; one a lab (the lab's lock sees to it).
 */
export const openNspawnHypervisor = async (options: NspawnOptions): Promise<MachineHost> => {
  const parts = await assembleParts(options);
  const { around, table, router, power, faults } = parts;
  const { paths, log } = around;
  keepViews(around, () => table.running());
  regularly(
    2,
    async () => {
      await Promise.all(table.running().map(({ dropletId }) => faults.renew(dropletId)));
    },
    (error) => log(`faults: ${error.message}`),
  );
  return {
    ...lifeOperations(parts),
    ...sizeOperations(parts),
    ...volumeOperations(parts),
    injectFault: async (fault) => {
      table.known(fault.dropletId);
      await faults.inject(fault);
    },
    clearFault: (fault) => faults.clear(fault),
    onPowerChange: (listener) => {
      parts.powerListeners.push(listener);
    },
    deleteSnapshot: (key) => dropSnapshot(paths.machines, key),
    importImage: (url, key) => importImage(paths, url, key),
    applyNetwork: (plan) => router.load(plan),
    usage: (dropletId) => usageOf(around, table.known(dropletId).file.spec),
    consoleTail: (dropletId, lines) =>
      tail(paths, table.known(dropletId).file.spec.dropletId, lines),
    exec: async (dropletId, argv, input) =>
      enter(around, table.known(dropletId).file.spec.dropletId, argv, input),
    machines: () =>
      [...table.byId].map(([dropletId, { power: now }]) => ({ dropletId, power: now })),
    takeOver: () => table.each(power.adopt),
    shutdownAll: (seconds) =>
      table.each(async (machine) => {
        if (machine.power === "on") await power.suspend(machine, seconds);
      }),
  };
};
