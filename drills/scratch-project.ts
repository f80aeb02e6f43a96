import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import type { MendTools } from "./drill";
import { victimOf } from "./spoiled-service";

const LEFT_OUT = ["node_modules", ".git", ".build"];

/**
 * A copy of the project in which a line is added to a service's source; removed when `work` has
 * ended.
 */
export const withChangedService = async <T>(
  { context, fleet }: MendTools,
  line: string,
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  const { folder: source, entry, name } = victimOf(fleet);
  if (source === undefined || entry === undefined)
    throw new Error(`this drill changes a service's source, and ${name} has none`);
  const folder = mkdtempSync(join(tmpdir(), "fleet-drill-"));
  try {
    cpSync(context.project, folder, {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(basename(path)),
    });
    // Copied, not linked: bundles name their modules' real places relative to the project, and
    // those must be the same here.
    mkdirSync(join(folder, "node_modules"));
    await promisify(execFile)("cp", [
      "-a",
      "--reflink=auto",
      `${context.project}/node_modules/.`,
      join(folder, "node_modules"),
    ]);
    const file = join(folder, source, entry);
    writeFileSync(file, `${readFileSync(file, "utf8")}\n${line}\n`);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
