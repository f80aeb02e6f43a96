import { messageOf } from "../../caught";
import type { Clock } from "../../clock";
import type { Hypervisor } from "../../machines/hypervisor";
import type { MachineUsage } from "../../machines/spec";
import type { Store } from "../../record-store";

export const SAMPLE_SECONDS = 15;
/**
 * Six hours. DigitalOcean keeps two weeks; a file rewritten at each call can't, so these end with
 * the daemon.
 */
const KEPT = (6 * 3600) / SAMPLE_SECONDS;

export interface Sample extends MachineUsage {
  /** Seconds since 1970. */
  readonly at: number;
  readonly vcpus: number;
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
}

export interface Metrics {
  /** Looks at every machine that runs. */
  sample(): Promise<void>;
  /** Oldest first. */
  of(dropletId: number): readonly Sample[];
}

/** As the kernel's: each look moves the average by what its share of the time is worth. */
const damped = (was: number, busy: number, seconds: number, minutes: number): number => {
  const share = Math.exp(-seconds / (60 * minutes));
  return was * share + busy * (1 - share);
};

const cpuSeconds = (one: MachineUsage): number => one.cpuUserSeconds + one.cpuSystemSeconds;
/** Counters begin anew when a machine's power comes back. */
const isReset = (before: MachineUsage, after: MachineUsage): boolean =>
  cpuSeconds(after) < cpuSeconds(before);

/**
 * Those whose counters can be set against each other: all since the machine's power last came back.
 */
export const sincePowerOn = (samples: readonly Sample[]): readonly Sample[] =>
  samples.slice(
    Math.max(
      0,
      samples.findLastIndex((one, at) => {
        const before = at > 0 ? samples[at - 1] : undefined;
        return before !== undefined && isReset(before, one);
      }),
    ),
  );

const next = (
  before: Sample | undefined,
  usage: MachineUsage,
  at: number,
  vcpus: number,
): Sample => {
  const seconds = before ? at - before.at : 0;
  const load = (was: number | undefined, minutes: number): number =>
    was === undefined ? 0 : damped(was, usage.busy, seconds, minutes);
  return {
    ...usage,
    at,
    vcpus,
    load1: load(before?.load1, 1),
    load5: load(before?.load5, 5),
    load15: load(before?.load15, 15),
  };
};

export const createMetrics = ({
  store: { droplets },
  hypervisor,
  clock,
  log,
}: {
  store: Store;
  hypervisor: Hypervisor;
  clock: Clock;
  log: (line: string) => void;
}): Metrics => {
  const samples = new Map<number, Sample[]>();
  const look = async (dropletId: number, vcpus: number): Promise<void> => {
    const usage = await hypervisor.usage?.(dropletId);
    if (!usage) return;
    const own = samples.get(dropletId) ?? [];
    const before = own.at(-1);
    own.push(
      next(
        before && isReset(before, usage) ? undefined : before,
        usage,
        Math.floor(clock.now().getTime() / 1000),
        vcpus,
      ),
    );
    if (own.length > KEPT) own.shift();
    samples.set(dropletId, own);
  };
  return {
    sample: async () => {
      if (!hypervisor.usage) return;
      for (const id of samples.keys()) if (!droplets.get(id)) samples.delete(id);
      const running = droplets.filter((one) => one.status === "active");
      await Promise.all(
        running.map(({ id, vcpus }) =>
          look(id, vcpus).catch((error: unknown) => {
            log(`metrics of droplet ${id}: ${messageOf(error)}`);
          }),
        ),
      );
    },
    of: (dropletId) => samples.get(dropletId) ?? [],
  };
};

/** Megabits a second between each sample and the one before it. */
export const bandwidth = (
  samples: readonly Sample[],
  counter: "publicIn" | "publicOut" | "privateIn" | "privateOut",
): { at: number; value: number }[] =>
  samples.slice(1).map((one, index) => {
    const before = samples[index];
    return {
      at: one.at,
      value:
        before && one.at > before.at
          ? Math.max(0, (8 * (one[counter] - before[counter])) / 1e6 / (one.at - before.at))
          : 0,
    };
  });
