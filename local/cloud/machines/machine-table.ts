import type { FSWatcher } from "node:fs";

import { dropletKey, type KeyedQueue } from "../queue";
import type { MachineFile } from "./machine-file";
import { writeMachine } from "./machine-file";
import type { MachineSpec, Power } from "./spec";

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

/** The machines that there are, by their droplets' numbers. */
export interface MachineTable {
  readonly byId: Map<number, Machine>;
  /** Throws where there is none. */
  known(dropletId: number): Machine;
  /** Does something to a machine; whoever asks has its droplet's turn. */
  use<T>(dropletId: number, work: (machine: Machine) => Promise<T>): Promise<T>;
  /** Does something to all of them, each in its droplet's turn; what fails is logged. */
  each(work: (machine: Machine) => Promise<void>): Promise<void>;
  /** Those that are on. */
  running(): MachineSpec[];
}

export const createMachineTable = (
  files: readonly MachineFile[],
  queue: KeyedQueue,
  log: (line: string) => void,
): MachineTable => {
  const byId = new Map(files.map((file) => [file.spec.dropletId, machineOf(file)]));
  const known = (dropletId: number): Machine => {
    const machine = byId.get(dropletId);
    if (!machine) throw new Error(`there is no machine for droplet ${dropletId}`);
    return machine;
  };
  return {
    byId,
    known,
    use: async (dropletId, work) => work(known(dropletId)),
    each: async (work) => {
      const ends = await Promise.allSettled(
        [...byId].map(([dropletId, machine]) =>
          queue.run(dropletKey(dropletId), () => work(machine)),
        ),
      );
      for (const end of ends) if (end.status === "rejected") log(String(end.reason));
    },
    running: () =>
      [...byId.values()].filter(({ power }) => power === "on").map(({ file }) => file.spec),
  };
};
