import type { FSWatcher } from "node:fs";

import { dropletKey, type KeyedQueue } from "../queue";
import { groupOf } from "./boot";
import { makeGroup, watchGroup } from "./cgroups";
import { thawDisk, fsOf } from "./disk";
import { clearAllFaults } from "./faults";
import type { Power } from "./hypervisor";
import { askToPowerOff, clearAway, cutPower, isKept, limit, powerDown, powerUp } from "./machine";
import { writeMachine, type MachineFile } from "./store";
import { isRunning, placeOf, type Surroundings } from "./surroundings";

/** One machine, for as long as this process lives. */
export interface Machine {
  file: MachineFile;
  power: Power;
  watcher?: FSWatcher;
}

export const machineOf = (file: MachineFile): Machine => ({
  file,
  power: "off",
});

/** Changes what is kept of a machine on disk. */
export const keep = async (
  machines: string,
  machine: Machine,
  change: Partial<MachineFile>,
): Promise<void> => {
  machine.file = { ...machine.file, ...change };
  await writeMachine(machines, machine.file);
};

/** What is done to a machine's power, and what it does to its power itself. All in the droplet's turn: one operation at a time. */
export interface PowerSwitch {
  /** Resolves when its sshd answers. Fine when it is on. */
  on(machine: Machine): Promise<void>;
  /** As pulling the plug. Fine when it is off. */
  pull(machine: Machine): Promise<void>;
  /** Asks it to power off; rejects when it has not after `seconds`. */
  shutdown(machine: Machine, seconds: number): Promise<void>;
  /** As `shutdown`, but then pulls the plug; the next `adopt` boots it again. */
  suspend(machine: Machine, seconds: number): Promise<void>;
  /** Takes over a machine that a daemon before this one has left, in whatever state. */
  adopt(machine: Machine): Promise<void>;
  /** From now on its end is nobody's to notice. */
  unwatch(machine: Machine): void;
}

export interface PowerEvents {
  readonly started: (machine: Machine) => Promise<void>;
  /** The machine is gone without having been asked to: its own poweroff, or a crash. */
  readonly ended: (dropletId: number) => void;
}

export const createPowerSwitch = (
  around: Surroundings,
  queue: KeyedQueue,
  events: PowerEvents,
): PowerSwitch => {
  const { paths, log } = around;

  const unwatch = (machine: Machine): void => {
    machine.watcher?.close();
    machine.watcher = undefined;
  };

  const noticeEnd = (machine: Machine): void => {
    const { dropletId } = machine.file.spec;
    queue
      .run(dropletKey(dropletId), async () => {
        if (machine.power === "off" || !machine.watcher || (await isRunning(around, dropletId)))
          return;
        unwatch(machine);
        // It is off, whatever becomes of what it leaves behind: the next power on clears that away as well.
        machine.power = "off";
        await keep(paths.machines, machine, { on: false });
        events.ended(dropletId);
        await clearAway(around, dropletId);
      })
      .catch((error: Error) =>
        log(`droplet ${dropletId}: clearing away after its end failed: ${error.message}`),
      );
  };

  const watchOver = (machine: Machine): void => {
    unwatch(machine);
    machine.watcher = watchGroup(around.host, paths.id, groupOf(machine.file.spec.dropletId), () =>
      noticeEnd(machine),
    );
    // It may have ended before the watch began.
    noticeEnd(machine);
  };

  const on = async (machine: Machine): Promise<void> => {
    if (machine.power === "on") return;
    await powerUp(around, machine.file);
    machine.power = "on";
    await keep(paths.machines, machine, { on: true });
    watchOver(machine);
    await events.started(machine);
  };

  /** Unwatched meanwhile: this end is wanted. */
  const off = async (
    machine: Machine,
    means: (dropletId: number) => Promise<void>,
    onAgain: boolean,
  ): Promise<void> => {
    const { watcher } = machine;
    machine.watcher = undefined;
    try {
      await means(machine.file.spec.dropletId);
    } catch (error) {
      machine.watcher = watcher;
      // It may have got as far as the machine's end.
      noticeEnd(machine);
      throw error;
    }
    watcher?.close();
    machine.power = "off";
    await keep(paths.machines, machine, { on: onAgain });
  };

  const downOrPulled = async (dropletId: number, seconds: number): Promise<void> => {
    if (await askToPowerOff(around.host, paths.id, dropletId, seconds))
      return clearAway(around, dropletId);
    log(`droplet ${dropletId} does not power off within ${seconds} s: its plug is pulled`);
    await cutPower(around, dropletId);
  };

  const adopt = async (machine: Machine): Promise<void> => {
    const { spec } = machine.file;
    await thawDisk(fsOf(placeOf(paths, spec.dropletId)));
    if (!(await isRunning(around, spec.dropletId)))
      return machine.file.on ? on(machine) : clearAway(around, spec.dropletId);
    if (!(await isKept(around, spec.dropletId))) {
      // Its keeper was killed with the rest: nobody would boot it again when it reboots.
      log(`droplet ${spec.dropletId}: runs without a keeper; it is rebooted`);
      await downOrPulled(spec.dropletId, 10);
      return on(machine);
    }
    machine.power = "on";
    // One that an older version started may lack a group that this one wants to enter.
    await makeGroup(around.host, paths.id, groupOf(spec.dropletId));
    await limit(around, spec);
    // What the last daemon did to it, this one knows nothing of.
    await clearAllFaults(around, spec.dropletId).catch((error: Error) =>
      log(`droplet ${spec.dropletId}: not freed of its faults: ${error.message}`),
    );
    watchOver(machine);
  };

  return {
    on,
    adopt,
    unwatch,
    pull: (machine) => off(machine, (dropletId) => cutPower(around, dropletId), false),
    shutdown: (machine, seconds) =>
      off(machine, (dropletId) => powerDown(around, dropletId, seconds), false),
    suspend: (machine, seconds) =>
      off(machine, (dropletId) => downOrPulled(dropletId, seconds), true),
  };
};
