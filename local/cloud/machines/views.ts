import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { regularly } from "../regularly";
import { loadavgText, nextLoad, statText, type Load } from "./cpu-time";
import { cpuinfoText } from "./cpus";
import { enter } from "./enter";
import { initOf } from "./init";
import { machineFolder } from "./machine-file";
import { meminfoText, memoryUse, readUse } from "./meminfo";
import { processUse, type ProcessUse } from "./process-use";
import type { MachineSpec } from "./spec";
import { isRunning, type Surroundings } from "./surroundings";

/**
 * What a machine sees of itself in /proc and /sys. Linux shows the host's to everybody: `free`,
 * `top`, a monitor and whatever sizes itself by it would see another machine than the droplet that
 * was ordered. Files of ours are laid over; they are made anew every two seconds, and stay readable
 * (and only get old) when this process dies.
 */
const places = {
  meminfo: "/proc/meminfo",
  stat: "/proc/stat",
  loadavg: "/proc/loadavg",
  cpuinfo: "/proc/cpuinfo",
  // What glibc counts CPUs by.
  online: "/sys/devices/system/cpu/online",
} as const;
type View = keyof typeof places;
const views = Object.keys(places) as View[];
type Texts = Partial<Readonly<Record<View, string>>>;

const inside = (view: View): string => `/run/droplet/${view}`;
const fileOf = (machines: string, dropletId: number, view: View): string =>
  join(machineFolder(machines, dropletId), view);

/** What boot has to show the machine. */
export const viewFiles = (
  machines: string,
  dropletId: number,
): { file: string; inside: string }[] =>
  views.map((view) => ({ file: fileOf(machines, dropletId, view), inside: inside(view) }));

/** Before a boot: nothing is used yet. */
export const prepareViews = async (
  machines: string,
  { dropletId, memoryMiB }: MachineSpec,
  cpus: readonly number[],
): Promise<void> => {
  const texts: Readonly<Record<View, string>> = {
    meminfo: meminfoText(memoryUse("", 0, memoryMiB * 1024 ** 2)),
    loadavg: loadavgText([0, 0, 0], 1, 1),
    cpuinfo: cpuinfoText(await readFile("/proc/cpuinfo", "utf8"), cpus),
    online: cpus.length === 1 ? "0\n" : `0-${cpus.length - 1}\n`,
    stat: statText({
      cpus: cpus.length,
      uptimeSeconds: 0,
      userSeconds: 0,
      systemSeconds: 0,
      bootedAt: Date.now() / 1000,
      running: 1,
    }),
  };
  for (const view of views) await writeFile(fileOf(machines, dropletId, view), texts[view]);
};

/** In place, as the machine's mount is of this very file. */
const overwrite = async (file: string, text: string): Promise<void> => {
  const opened = await open(file, "r+");
  try {
    await opened.write(text, 0);
  } finally {
    await opened.close();
  }
};

/** One boot of a machine: what came before it is none of its figures. */
interface Boot {
  readonly init: number;
  readonly since: number;
  readonly before: ProcessUse;
  load: Load;
  looked: number;
}

const newBoot = async (
  around: Surroundings,
  dropletId: number,
  init: number,
  now: number,
): Promise<Boot> => {
  const before = await processUse(around, dropletId);
  const laid = await enter(around, dropletId, [
    "sh",
    "-ec",
    views.map((view) => `mount --bind ${inside(view)} ${places[view]}`).join("; "),
  ]);
  if (laid.code !== 0)
    throw new Error(
      `droplet ${dropletId}: its own figures can't be laid over the host's: ${laid.stderr.trim()}`,
    );
  return {
    init,
    since: now,
    before,
    load: [0, 0, 0],
    looked: now,
  };
};

const textsOf = async (
  around: Surroundings,
  spec: MachineSpec,
  boot: Boot,
  now: number,
): Promise<Texts> => {
  const { userSeconds, systemSeconds, processes, busy } = await processUse(around, spec.dropletId);
  boot.load = nextLoad(boot.load, busy, (now - boot.looked) / 1000);
  boot.looked = now;
  const use = await readUse(around, spec);
  const time = {
    cpus: around.cpus.assign(spec.dropletId, spec.vcpus).length,
    uptimeSeconds: (now - boot.since) / 1000,
    bootedAt: boot.since / 1000,
    running: busy,
    userSeconds: userSeconds - boot.before.userSeconds,
    systemSeconds: systemSeconds - boot.before.systemSeconds,
  };
  return {
    stat: statText(time),
    loadavg: loadavgText(boot.load, busy, processes),
    ...(use ? { meminfo: meminfoText(use) } : {}),
  };
};

/** Keeps the files true for as long as this process lives. */
export const keepViews = (around: Surroundings, running: () => readonly MachineSpec[]): void => {
  const boots = new Map<number, Boot>();
  const refresh = async (spec: MachineSpec): Promise<void> => {
    const { dropletId } = spec;
    if (!(await isRunning(around, dropletId))) return;
    const init = await initOf(around.host, around.paths.id, dropletId);
    if (init === undefined) return;
    const now = performance.timeOrigin + performance.now();
    // A reboot begins with the host's again.
    if (boots.get(dropletId)?.init !== init)
      boots.set(dropletId, await newBoot(around, dropletId, init, now));
    const texts = await textsOf(around, spec, boots.get(dropletId)!, now);
    for (const view of views)
      if (texts[view] !== undefined)
        await overwrite(fileOf(around.paths.machines, dropletId, view), texts[view]);
  };
  // A machine may end at any moment; the next turn knows better.
  regularly(
    2,
    async () => {
      const specs = running();
      for (const dropletId of boots.keys())
        if (!specs.some((spec) => spec.dropletId === dropletId)) boots.delete(dropletId);
      await Promise.allSettled(specs.map(refresh));
    },
    (error) => around.log(`figures: ${error.message}`),
  );
};
