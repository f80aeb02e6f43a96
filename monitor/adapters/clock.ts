/** Time is passed in, so that stories run on a fake clock. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall clock, milliseconds since the epoch: for what people read. */
  now(): number;
  /** Never jumps, milliseconds: for measuring. */
  monotonic(): number;
  after(ms: number, run: () => void): Timer;
}

/** As `performance.now()`, whose module costs a quarter of a megabyte. */
export const monotonic = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
