/** Work that outlives its request. Jobs under one key run one after the other, in order; different keys side by side. */
export interface Jobs {
  run(key: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way (jobs started meanwhile included). */
  settled(): Promise<void>;
}

/** @param failed told of a job that threw: jobs report their own failures, so this is a defect worth a line in the log. */
export const createJobs = (failed: (key: string, error: Error) => void): Jobs => {
  const tails = new Map<string, Promise<void>>();
  return {
    run: (key, work) => {
      const tail = (tails.get(key) ?? Promise.resolve())
        .then(work)
        .catch((error: Error) => failed(key, error))
        .finally(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return tail;
    },
    settled: async () => {
      while (tails.size) await Promise.all(tails.values());
    },
  };
};
