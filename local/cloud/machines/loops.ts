import { realpath } from "node:fs/promises";

import { unlessGone } from "../files";
import { unmountElsewhere } from "./foreign-mounts";
import { attempt, run } from "./run-program";

/** A loop device and the file behind it. */
export interface Loop {
  readonly device: string;
  readonly file: string;
}

/** Those of a file, or of all files below a folder. */
export const loopsOf = async (path: string): Promise<Loop[]> => {
  const real = await unlessGone(realpath(path), path);
  const said = await run(["losetup", "--list", "--json", "--output", "NAME,BACK-FILE"]);
  const { loopdevices } = said.trim()
    ? (JSON.parse(said) as { loopdevices: { name: string; "back-file": string | null }[] })
    : { loopdevices: [] };
  return loopdevices
    .map(({ name, "back-file": file }) => ({
      device: name,
      file: (file ?? "").replace(/ \(deleted\)$/, ""),
    }))
    .filter(({ file }) => file === real || file.startsWith(`${real}/`));
};

export const openLoop = async (file: string): Promise<string> =>
  (await loopsOf(file))[0]?.device ?? (await run(["losetup", "--find", "--show", file])).trim();

/** One that somebody still has open goes when it is closed. */
export const detachLoops = async (path: string): Promise<void> => {
  for (const { device } of await loopsOf(path)) await attempt(["losetup", "--detach", device]);
};

/**
 * Resolves when no loop device has the file, or any below the folder. The kernel lets go a moment
 * after the unmounting: when the last process that saw the mount has ended all its business, and
 * when nobody has the device open (udev looks at each). Whoever copied our mounts into a namespace
 * that hears nothing of the host is relieved of them. Rejects, naming who has it, after
 * `milliseconds`.
 */
export const untilFree = async (
  path: string,
  mounts: string,
  milliseconds: number,
): Promise<void> => {
  const deadline = Date.now() + milliseconds;
  for (let used = await loopsOf(path); used.length; used = await loopsOf(path)) {
    const holders = await unmountElsewhere(mounts);
    if (Date.now() > deadline) {
      const { device, file } = used[0]!;
      throw new Error(
        `${file} is still in use (${[device, ...holders].join(", ")}); end what uses it, or ./fleet destroy`,
      );
    }
    await detachLoops(path);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
