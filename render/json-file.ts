import type { MachineFile } from "@second-server/contract/release";

/** A file that programs on the machine parse and people there may read. */
export const jsonFile = (path: string, value: unknown): MachineFile => ({
  path,
  mode: 0o644,
  text: `${JSON.stringify(value, undefined, 2)}\n`,
});
