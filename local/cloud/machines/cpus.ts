import { readFile } from "node:fs/promises";

/** CPU numbers of a list as the kernel writes it ("0-2,5"). Pure. */
export const parseCpus = (list: string): number[] =>
  list
    .trim()
    .split(",")
    .filter(Boolean)
    .flatMap((part) => {
      const [first, last = first] = part.split("-").map(Number) as [number, number?];
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    });

/**
 * Which of the host's CPUs each machine may use: as many as its size has, those with the fewest
 * machines first. A machine of more than the host has gets all.
 */
export interface CpuPlan {
  assign(dropletId: number, vcpus: number): readonly number[];
  release(dropletId: number): void;
}

export const createCpuPlan = (hosts: readonly number[]): CpuPlan => {
  const given = new Map<number, readonly number[]>();
  return {
    assign: (dropletId, vcpus) => {
      const others = [...given].filter(([id]) => id !== dropletId).flatMap(([, cpus]) => cpus);
      const load = (cpu: number): number => others.filter((one) => one === cpu).length;
      const chosen = [...hosts]
        .sort((a, b) => load(a) - load(b) || a - b)
        .slice(0, Math.max(1, vcpus))
        .sort((a, b) => a - b);
      given.set(dropletId, chosen);
      return chosen;
    },
    release: (dropletId) => {
      given.delete(dropletId);
    },
  };
};

/** The CPUs that this process may use. */
export const hostCpus = async (): Promise<number[]> =>
  parseCpus(/^Cpus_allowed_list:\s*(\S+)$/m.exec(await readFile("/proc/self/status", "utf8"))![1]!);

/** /proc/cpuinfo with only some of the CPUs, counted from 0. Pure. */
export const cpuinfoText = (host: string, cpus: readonly number[]): string =>
  host
    .trim()
    .split(/\n\n+/)
    .filter((block) => cpus.includes(Number(/^processor\s*:\s*(\d+)$/m.exec(block)?.[1] ?? -1)))
    .map(
      (block, at) =>
        `${block
          .replace(/^(processor\s*:\s*)\d+$/m, `$1${at}`)
          .replace(/^((?:siblings|cpu cores)\s*:\s*)\d+$/gm, `$1${cpus.length}`)}\n\n`,
    )
    .join("");
