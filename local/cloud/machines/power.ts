import { clearAllFaults } from "../faults/clear-all";
import type { KeyedQueue } from "../queue";
import { makeGroup } from "./cgroups";
import { fsOf, thawDisk } from "./disk";
import {
  askToPowerOff,
  clearAway,
  cutPower,
  isSupervised,
  limit,
  powerDown,
  powerUp,
} from "./machine";
import { groupOf } from "./machine-groups";
import { keep, type Machine } from "./machine-table";
import { createMachineWatch, type MachineWatch } from "./machine-watch";
import { isRunning, placeOf, type Surroundings } from "./surroundings";

/**
 * What is done to a machine's power, and what it does to its power itself. All in the droplet's
 * turn: one operation at a time.
 */
export interface PowerSwitch {
  /** Resolves when its sshd answers. Fine when it is on. */
  readonly on: (machine: Machine) => Promise<void>;
  /** As pulling the plug. Fine when it is off. */
  readonly pull: (machine: Machine) => Promise<void>;
  /** Asks it to power off; rejects when it has not after `seconds`. */
  readonly shutdown: (machine: Machine, seconds: number) => Promise<void>;
  /** As `shutdown`, but then pulls the plug; the next `adopt` boots it again. */
  readonly suspend: (machine: Machine, seconds: number) => Promise<void>;
  /** Takes over a machine that a daemon before this one has left, in whatever state. */
  readonly adopt: (machine: Machine) => Promise<void>;
  /** From now on its end is nobody's to notice. */
  readonly unwatch: (machine: Machine) => void;
}

export interface PowerEvents {
  readonly started: (machine: Machine) => Promise<void>;
  /** The machine is gone without having been asked to: its own poweroff, or a crash. */
  readonly ended: (dropletId: number) => void;
}

/** Asks it to power off, and pulls the plug when it does not obey. */
const downOrPulled = async (
  around: Surroundings,
  dropletId: number,
  seconds: number,
): Promise<void> => {
  if (await askToPowerOff(around.host, around.paths.id, dropletId, seconds))
    return clearAway(around, dropletId);
  around.log(`droplet ${dropletId} does not power off within ${seconds} s: its plug is pulled`);
  await cutPower(around, dropletId);
};

/** Makes one that runs, and was left so, this daemon's own. */
const takeUp = async (around: Surroundings, machine: Machine): Promise<void> => {
  const { spec } = machine.file;
  machine.power = "on";
  // One that an older version started may lack a group that this one wants to enter.
  await makeGroup(around.host, around.paths.id, groupOf(spec.dropletId));
  await limit(around, spec);
  // What the last daemon did to it, this one knows nothing of.
  await clearAllFaults(around, spec.dropletId).catch((error: Error) =>
    around.log(`droplet ${spec.dropletId}: not freed of its faults: ${error.message}`),
  );
};

/** Takes a machine's power, by the means; unwatched meanwhile, as this end is wanted. */
const takePower = async (
  machine: Machine,
  watch: MachineWatch,
  means: (dropletId: number) => Promise<void>,
): Promise<void> => {
  const { watcher } = machine;
  machine.watcher = undefined;
  try {
    await means(machine.file.spec.dropletId);
  } catch (error) {
    machine.watcher = watcher;
    // It may have got as far as the machine's end.
    watch.look(machine);
    throw error;
  }
  watcher?.close();
  machine.power = "off";
};

export const createPowerSwitch = (
  around: Surroundings,
  queue: KeyedQueue,
  events: PowerEvents,
): PowerSwitch => {
  const { paths, log } = around;
  const watch = createMachineWatch(around, queue, events.ended);

  const on = async (machine: Machine): Promise<void> => {
    if (machine.power === "on") return;
    await powerUp(around, machine.file);
    machine.power = "on";
    await keep(paths.machines, machine, { on: true });
    watch.begin(machine);
    await events.started(machine);
  };

  const off = async (
    machine: Machine,
    means: (dropletId: number) => Promise<void>,
    onAgain = false,
  ): Promise<void> => {
    await takePower(machine, watch, means);
    await keep(paths.machines, machine, { on: onAgain });
  };

  const adopt = async (machine: Machine): Promise<void> => {
    const { dropletId } = machine.file.spec;
    await thawDisk(fsOf(placeOf(paths, dropletId)));
    if (!(await isRunning(around, dropletId)))
      return machine.file.on ? on(machine) : clearAway(around, dropletId);
    if (await isSupervised(around, dropletId)) {
      await takeUp(around, machine);
      return watch.begin(machine);
    }
    // Its supervisor was killed with the rest: nobody would boot it again when it reboots.
    log(`droplet ${dropletId}: runs without a supervisor; it is rebooted`);
    await downOrPulled(around, dropletId, 10);
    return on(machine);
  };

  return {
    on,
    adopt,
    unwatch: watch.end,
    pull: (machine) => off(machine, (dropletId) => cutPower(around, dropletId)),
    shutdown: (machine, seconds) =>
      off(machine, (dropletId) => powerDown(around, dropletId, seconds)),
    suspend: (machine, seconds) =>
      off(machine, (dropletId) => downOrPulled(around, dropletId, seconds), true),
  };
};
