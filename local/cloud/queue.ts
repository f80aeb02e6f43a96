/**
 * Runs works one after the other, each when the one before has ended, however that was; a failed
 * one is its caller's to report.
 */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  };
};

/** Works under one key run one after the other, in order; those of different keys side by side. */
export interface KeyedQueue {
  /** Must not be awaited by a work of the same key: it would wait for itself. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way (works added meanwhile included). */
  settled(): Promise<void>;
}

/** The one queue of a droplet: its actions, and whatever else is done to its machine. */
export const dropletKey = (dropletId: number): string => `droplet-${dropletId}`;

export const createKeyedQueue = (): KeyedQueue => {
  const tails = new Map<string, Promise<void>>();
  return {
    run: (key, work) => {
      const mine = (tails.get(key) ?? Promise.resolve()).then(work);
      const tail: Promise<void> = mine
        .then(
          () => undefined,
          () => undefined,
        )
        .then(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return mine;
    },
    settled: async () => {
      while (tails.size) await Promise.all(tails.values());
    },
  };
};
