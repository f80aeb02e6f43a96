import type { KeyedQueue } from "../queue";

/** Work that outlives its request. What it changed in the records is on disk when its turn ends. */
export interface Jobs {
  /**
   * Never rejects. Jobs under one key run one after the other, in order; different keys side by
   * side.
   */
  run(key: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way (jobs started meanwhile included). */
  settled(): Promise<void>;
}

export interface JobsOptions {
  readonly queue: KeyedQueue;
  readonly save: () => Promise<void>;
  /**
   * Told of a job that threw: jobs report their own failures, so this is a defect worth a line in
   * the log.
   */
  readonly failed: (key: string, error: Error) => void;
}

export const createJobs = ({ queue, save, failed }: JobsOptions): Jobs => ({
  run: (key, work) =>
    queue.run(key, async () => {
      const told = (error: Error): void => failed(key, error);
      await work().catch(told);
      await save().catch(told);
    }),
  settled: () => queue.settled(),
});
