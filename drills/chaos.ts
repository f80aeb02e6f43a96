import type { DrillEntry } from "./list";
import { canOverlap, overlap } from "./overlap";

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const shuffled = <T>(list: readonly T[], random: () => number): readonly T[] =>
  list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

const BETWEEN = " + ";

const pairOf = (one: DrillEntry, other: DrillEntry): DrillEntry => ({
  name: [one.name, other.name].join(BETWEEN),
  summary: `${one.summary}; meanwhile ${other.summary}`,
  expects: "each alert is true and has its all-clear",
  failover: one.failover ?? other.failover,
  load: async () => {
    const [first, second] = await Promise.all([one.load(), other.load()]);
    const disasters = [first.drill.disaster, second.drill.disaster];
    if (!disasters[0] || !disasters[1])
      throw new Error(`${one.name} and ${other.name} can't be played at once`);
    return { drill: overlap(disasters[0], disasters[1]) };
  },
});

/** The entry of this name, that of two at once too. */
export const entryNamed = (
  entries: readonly DrillEntry[],
  name: string,
): DrillEntry | undefined => {
  const found = name.split(BETWEEN).map((part) => entries.find((entry) => entry.name === part));
  const [one, other] = found;
  if (one === undefined || found.includes(undefined)) return undefined;
  return other === undefined ? one : pairOf(one, other);
};

/** Every two of them that can be broken at once. */
const pairsOf = async (entries: readonly DrillEntry[]): Promise<readonly DrillEntry[]> => {
  const loaded = await Promise.all(
    entries.map(async (entry) => ({ entry, disaster: (await entry.load()).drill.disaster })),
  );
  return loaded.flatMap(({ entry: one, disaster: first }, index) =>
    loaded
      .slice(index + 1)
      .flatMap(({ entry: other, disaster: second }) =>
        first && second && canOverlap(first, second) ? [pairOf(one, other)] : [],
      ),
  );
};

export interface Chaos {
  /** 2: two disasters at once. */
  readonly atOnce: 1 | 2;
  readonly seed: number;
}

/** Drills without end, in an order that the seed decides; none comes again before all have come. */
export const chaosOf = async function* (
  entries: readonly DrillEntry[],
  { atOnce, seed }: Chaos,
): AsyncGenerator<DrillEntry> {
  const random = randomFrom(seed);
  const all = atOnce === 2 ? await pairsOf(entries) : entries;
  for (;;) yield* shuffled(all, random);
};
