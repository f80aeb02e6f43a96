import type { Router } from "../network/router";
import { createQueue, type Queue } from "../queue";
import { enter } from "./enter";
import { networkFaults, setFault, without } from "./faults";
import type { Fault } from "./hypervisor";
import { initOf } from "./init";
import type { Surroundings } from "./surroundings";

/** The faults that are done to machines now, but for their power. */
export interface ActiveFaults {
  inject(fault: Fault): Promise<void>;
  clear(fault: Fault): Promise<void>;
  /** After a power on: a fault lasts until it is cleared, and a new boot knows nothing of what was done to the one before. */
  again(dropletId: number): Promise<void>;
  /** To be called now and then while a machine runs, which may begin a new boot at any moment: does again what a boot ends, once its services are there. */
  renew(dropletId: number): Promise<void>;
  /** The machine is gone. */
  forget(dropletId: number): Promise<void>;
}

/** Done to services: a boot ends it, and it can't be done before they run. */
const isOfServices = (fault: Fault): boolean =>
  fault.kind === "clock-skew" || (fault.kind === "freeze" && fault.unit !== undefined);
/** A service that a new clock restarts is frozen no longer. */
const clocksFirst = (one: Fault, other: Fault): number =>
  Number(other.kind === "clock-skew") - Number(one.kind === "clock-skew");

/** How long a boot may take before a fault is done to what there is of it. */
const BOOT_PATIENCE = 120_000;

/** One boot of a machine, and the faults that are in force in it or have been given up. */
interface Boot {
  readonly init: number;
  readonly seen: number;
  readonly settled: Set<Fault>;
}

const hasBooted = async (around: Surroundings, dropletId: number): Promise<boolean> => {
  const { stdout } = await enter(around, dropletId, [
    "timeout",
    "10",
    "systemctl",
    "is-system-running",
  ]);
  return ["running", "degraded", "maintenance"].includes(stdout.trim());
};

export const createActiveFaults = (
  around: Surroundings,
  router: Router,
  now: () => number = Date.now,
): ActiveFaults => {
  let faults: readonly Fault[] = [];
  const boots = new Map<number, Boot>();
  const queues = new Map<number, Queue>();

  /** What is done to one machine is done one after the other. */
  const inTurn = <T>(dropletId: number, work: () => Promise<T>): Promise<T> => {
    const queue = queues.get(dropletId) ?? createQueue();
    queues.set(dropletId, queue);
    return queue(work);
  };

  /** What the router refuses is not in force, and must not be in the way of what comes after. */
  const put = async (wanted: readonly Fault[]): Promise<void> => {
    const before = faults;
    faults = wanted;
    await router.apply({ faults: networkFaults(wanted) }).catch(async (error: Error) => {
      faults = before;
      await router.apply({ faults: networkFaults(before) });
      throw error;
    });
  };

  const bootOf = async (dropletId: number): Promise<Boot | undefined> => {
    const init = await initOf(around.host, around.paths.id, dropletId);
    if (init === undefined) return undefined;
    const known = boots.get(dropletId);
    if (known?.init === init) return known;
    const boot: Boot = { init, seen: now(), settled: new Set() };
    boots.set(dropletId, boot);
    return boot;
  };

  const renew = async (dropletId: number): Promise<void> => {
    const ofServices = faults.filter(
      (fault) => fault.dropletId === dropletId && isOfServices(fault),
    );
    const boot = ofServices.length ? await bootOf(dropletId) : undefined;
    const due = ofServices.filter((fault) => boot && !boot.settled.has(fault)).sort(clocksFirst);
    if (!boot || !due.length) return;
    const isLate = now() - boot.seen > BOOT_PATIENCE;
    if (!isLate && !(await hasBooted(around, dropletId))) return;
    for (const fault of due) {
      try {
        await setFault(around, fault, true);
        boot.settled.add(fault);
      } catch (error) {
        // A service that does not run yet is frozen as soon as it does.
        if (!isLate || fault.kind === "freeze") continue;
        boot.settled.add(fault);
        around.log(
          `fault ${fault.kind} is not in force since droplet ${dropletId} has booted anew: ${(error as Error).message}`,
        );
      }
    }
  };

  return {
    inject: (fault) =>
      inTurn(fault.dropletId, async () => {
        await setFault(around, fault, true);
        await put([...without(faults, fault), fault]);
        (await bootOf(fault.dropletId))?.settled.add(fault);
      }),
    clear: (fault) =>
      inTurn(fault.dropletId, async () => {
        await setFault(around, fault, false);
        await put(without(faults, fault));
      }),
    again: (dropletId) =>
      inTurn(dropletId, async () => {
        for (const fault of faults.filter(
          (one) => one.dropletId === dropletId && !isOfServices(one),
        )) {
          await setFault(around, fault, true).catch((error: Error) =>
            around.log(`fault ${fault.kind} after power on: ${error.message}`),
          );
        }
      }),
    renew: (dropletId) => inTurn(dropletId, () => renew(dropletId)),
    forget: async (dropletId) => {
      boots.delete(dropletId);
      queues.delete(dropletId);
      await put(faults.filter((fault) => fault.dropletId !== dropletId));
    },
  };
};
