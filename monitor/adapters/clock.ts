/** Time is passed in, so that stories run on a fake clock. */
export interface Timer { cancel(): void }

export interface Clock {
  /** Wall clock, milliseconds since the epoch: for what people read. */
  now(): number;
  /** Never jumps, milliseconds: for measuring. */
  monotonic(): number;
  after(ms: number, run: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
