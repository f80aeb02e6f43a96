import { open } from "node:fs/promises";

import { unlessGone } from "../files";
import type { LabPaths } from "../paths";
import { consoleOf } from "./surroundings";

/** The last lines of a machine's console, or nothing where there is none. Reads at most 64 KiB. */
export const tail = async (paths: LabPaths, dropletId: number, lines: number): Promise<string> => {
  const file = await unlessGone(open(consoleOf(paths, dropletId)), undefined);
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 65_536);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer
      .toString("utf8")
      .split("\n")
      .slice(-lines - 1)
      .join("\n")
      .trimEnd();
  } finally {
    await file.close();
  }
};
