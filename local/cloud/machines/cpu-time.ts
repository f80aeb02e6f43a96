/** A machine's own /proc/stat and /proc/loadavg, of its control group's figures. Pure. */
export interface CpuTime {
  readonly cpus: number;
  /** Since the machine's boot. */
  readonly uptimeSeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Seconds since the epoch. */
  readonly bootedAt: number;
  readonly running: number;
}

/** Numbers of fixed width, so that a text can be overwritten in place. */
const wide = (value: number): string => String(Math.max(0, Math.round(value))).padStart(14);
const TICKS = 100;

const line = (name: string, user: number, system: number, idle: number): string =>
  `${name.padEnd(4)} ${[user, 0, system, idle, 0, 0, 0, 0, 0, 0].map(wide).join(" ")}\n`;

/** What isn't known of one CPU is its share of all. */
export const statText = ({
  cpus,
  uptimeSeconds,
  userSeconds,
  systemSeconds,
  bootedAt,
  running,
}: CpuTime): string => {
  const [user, system] = [userSeconds * TICKS, systemSeconds * TICKS];
  const idle = uptimeSeconds * cpus * TICKS - user - system;
  return [
    line("cpu", user, system, idle),
    ...Array.from({ length: cpus }, (_, cpu) =>
      line(`cpu${cpu}`, user / cpus, system / cpus, idle / cpus),
    ),
    `ctxt ${wide(0)}\n`,
    `btime ${wide(bootedAt)}\n`,
    `processes ${wide(0)}\n`,
    `procs_running ${wide(Math.max(1, running))}\n`,
    `procs_blocked ${wide(0)}\n`,
  ].join("");
};

export type Load = readonly [number, number, number];
const minutes = [1, 5, 15];

/**
 * The averages after `seconds` in which `busy` processes ran or waited for a disk, as the kernel
 * reckons them.
 */
export const nextLoad = (load: Load, busy: number, seconds: number): Load =>
  load.map((before, at) => {
    const kept = Math.exp(-seconds / (60 * minutes[at]!));
    return before * kept + busy * (1 - kept);
  }) as unknown as Load;

export const loadavgText = (load: Load, running: number, processes: number): string =>
  `${load.map((value) => value.toFixed(2)).join(" ")} ${Math.max(1, running)}/${processes} 0`
    .padEnd(60)
    .concat("\n");
