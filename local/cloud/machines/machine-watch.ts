import { dropletKey, type KeyedQueue } from "../queue";
import { watchGroup } from "./cgroups";
import { clearAway } from "./machine";
import { groupOf } from "./machine-groups";
import { keep, type Machine } from "./machine-table";
import { isRunning, type Surroundings } from "./surroundings";

/** Notices the end of machines that were not asked to end. */
export interface MachineWatch {
  readonly begin: (machine: Machine) => void;
  /** From now on its end is nobody's to notice. */
  readonly end: (machine: Machine) => void;
  /** Looks whether it has ended, in its turn. */
  readonly look: (machine: Machine) => void;
}

export const createMachineWatch = (
  around: Surroundings,
  queue: KeyedQueue,
  ended: (dropletId: number) => void,
): MachineWatch => {
  const end = (machine: Machine): void => {
    machine.watcher?.close();
    machine.watcher = undefined;
  };

  const noticeEnd = async (machine: Machine): Promise<void> => {
    const { dropletId } = machine.file.spec;
    if (machine.power === "off" || !machine.watcher || (await isRunning(around, dropletId))) return;
    end(machine);
    // It is off, whatever becomes of what it leaves behind: the next power on clears that away as
    // well.
    machine.power = "off";
    await keep(around.paths.machines, machine, { on: false });
    ended(dropletId);
    await clearAway(around, dropletId);
  };

  const look = (machine: Machine): void => {
    queue
      .run(dropletKey(machine.file.spec.dropletId), () => noticeEnd(machine))
      .catch((error: Error) =>
        around.log(
          `droplet ${machine.file.spec.dropletId}: clearing away after its end failed: ${error.message}`,
        ),
      );
  };

  return {
    look,
    end,
    begin: (machine) => {
      end(machine);
      const group = groupOf(machine.file.spec.dropletId);
      machine.watcher = watchGroup(around.host, around.paths.id, group, () => look(machine));
      // It may have ended before the watch began.
      look(machine);
    },
  };
};
