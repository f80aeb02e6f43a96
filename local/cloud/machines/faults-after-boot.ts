import { messageOf } from "../caught";
import type { FaultTools } from "../faults/kind";
import { type MachineFault, machineKindOf } from "../faults/registry";
import { enter } from "./enter";
import { initOf } from "./init";
import type { Surroundings } from "./surroundings";

/**
 * Faults last until they are cleared, but a new boot knows nothing of what was done to the one
 * before: they are done again.
 */
export interface FaultsAfterBoot {
  /** It has just been done to the boot that runs. */
  done(fault: MachineFault): Promise<void>;
  /** Called when a machine was powered on: does again what needs no service. */
  afterPowerOn(dropletId: number): Promise<void>;
  /**
   * To be called now and then while a machine runs, which may boot anew at any moment: does again
   * what is done to services, once they are there.
   */
  renew(dropletId: number): Promise<void>;
  /** The machine is gone. */
  forget(dropletId: number): void;
}

/** How long a boot may take before a fault is done to what there is of it. */
const BOOT_PATIENCE = 120_000;

/** One boot of a machine, and the faults that are in force in it or have been given up. */
interface Boot {
  readonly init: number;
  readonly seen: number;
  /** By a fault's text: other figures are to be done anew. */
  readonly settled: Set<string>;
}

const textOf = (fault: MachineFault): string => JSON.stringify(fault);

const hitsServices = (fault: MachineFault): boolean =>
  machineKindOf(fault).hitsServices?.(fault) ?? false;

/** A service that a new clock restarts is frozen no longer. */
const restartsFirst = (one: MachineFault, other: MachineFault): number =>
  Number(machineKindOf(other).restartsServices ?? false) -
  Number(machineKindOf(one).restartsServices ?? false);

const hasBooted = async (around: Surroundings, dropletId: number): Promise<boolean> => {
  const { stdout } = await enter(around, dropletId, [
    "timeout",
    "10",
    "systemctl",
    "is-system-running",
  ]);
  return ["running", "degraded", "maintenance"].includes(stdout.trim());
};

/** Does a fault to services; whether there is no more to be done in this boot. */
const isSettled = async (
  tools: FaultTools,
  fault: MachineFault,
  isLate: boolean,
): Promise<boolean> => {
  const kind = machineKindOf(fault);
  try {
    await kind.begin(tools, fault);
    return true;
  } catch (error) {
    if (!isLate || kind.waitsForServices) return false;
    tools.around.log(
      `fault ${fault.kind} is not in force since droplet ${fault.dropletId} has booted anew: ${messageOf(error)}`,
    );
    return true;
  }
};

export const createFaultsAfterBoot = (
  tools: FaultTools,
  active: () => readonly MachineFault[],
  now: () => number = Date.now,
): FaultsAfterBoot => {
  const { around } = tools;
  const boots = new Map<number, Boot>();
  const activeOn = (dropletId: number): MachineFault[] =>
    active().filter((fault) => fault.dropletId === dropletId && !machineKindOf(fault).cutsPower);

  const bootOf = async (dropletId: number): Promise<Boot | undefined> => {
    const init = await initOf(around.host, around.paths.id, dropletId);
    if (init === undefined) return undefined;
    const known = boots.get(dropletId);
    if (known?.init === init) return known;
    const boot: Boot = { init, seen: now(), settled: new Set() };
    boots.set(dropletId, boot);
    return boot;
  };

  return {
    done: async (fault) => {
      (await bootOf(fault.dropletId))?.settled.add(textOf(fault));
    },
    afterPowerOn: async (dropletId) => {
      for (const fault of activeOn(dropletId).filter((one) => !hitsServices(one)))
        await machineKindOf(fault)
          .begin(tools, fault)
          .catch((error: Error) =>
            around.log(`fault ${fault.kind} after power on: ${error.message}`),
          );
    },
    renew: async (dropletId) => {
      const faults = activeOn(dropletId).filter(hitsServices);
      const boot = faults.length ? await bootOf(dropletId) : undefined;
      if (!boot) return;
      const due = faults.filter((fault) => !boot.settled.has(textOf(fault))).sort(restartsFirst);
      const isLate = now() - boot.seen > BOOT_PATIENCE;
      if (!due.length || (!isLate && !(await hasBooted(around, dropletId)))) return;
      for (const fault of due)
        if (await isSettled(tools, fault, isLate)) boot.settled.add(textOf(fault));
    },
    forget: (dropletId) => {
      boots.delete(dropletId);
    },
  };
};
