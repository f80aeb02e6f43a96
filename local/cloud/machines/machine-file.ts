import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { readIfThere, writeAtomically } from "../files";
import type { MachineSpec, VolumeSpec } from "./spec";

/** What is kept of a machine besides its disk: <machines>/<droplet id>/machine.json. */
export interface MachineFile {
  readonly spec: MachineSpec;
  /** File name of the base image below <machines>/bases. */
  readonly base: string;
  /** Whether it ought to run: what the next start of the lab boots. */
  readonly on: boolean;
  /** Attached ones, in the order of their device names. */
  readonly volumes?: readonly VolumeSpec[];
}

export const volumesOf = (file: MachineFile): readonly VolumeSpec[] => file.volumes ?? [];

export const machineFolder = (machines: string, dropletId: number): string =>
  join(machines, String(dropletId));

export const writeMachine = (machines: string, file: MachineFile): Promise<void> =>
  writeAtomically(
    join(machineFolder(machines, file.spec.dropletId), "machine.json"),
    JSON.stringify(file),
  );

/** Undefined where there is none. */
export const readMachine = async (
  machines: string,
  dropletId: number,
): Promise<MachineFile | undefined> => {
  const text = await readIfThere(join(machineFolder(machines, dropletId), "machine.json"));
  return text === null ? undefined : (JSON.parse(text) as MachineFile);
};

/**
 * The machines on disk. What a killed run left half-made (a folder without its file) is named in
 * `halfMade`.
 */
export const readMachines = async (
  machines: string,
): Promise<{ files: MachineFile[]; halfMade: number[] }> => {
  await mkdir(machines, { recursive: true });
  const files: MachineFile[] = [];
  const halfMade: number[] = [];
  for (const name of await readdir(machines)) {
    if (!/^\d+$/.test(name)) continue;
    const file = await readMachine(machines, Number(name));
    if (file) files.push(file);
    else halfMade.push(Number(name));
  }
  return { files, halfMade };
};

export const forgetMachine = (machines: string, dropletId: number): Promise<void> =>
  rm(machineFolder(machines, dropletId), { recursive: true, force: true });
