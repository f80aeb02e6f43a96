import type { Clock } from "./clock";

const PAUSE_MS = 30_000;
/** A larger heap takes so long to collect that checks would begin late: it is left to V8. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * V8 by itself lets three megabytes of garbage lie, which is a twentieth of what this program may
 * have; to collect it takes 8 ms of processor time. Does nothing where Node was not started with
 * --expose-gc.
 * @returns how to end it.
 */
export const collectOften = (clock: Clock): (() => void) => {
  const { gc } = globalThis;
  if (gc === undefined) return () => undefined;
  const turn = (): void => {
    if (process.memoryUsage().heapUsed < MOST_BYTES) void gc();
    timer = clock.after(PAUSE_MS, turn);
  };
  let timer = clock.after(PAUSE_MS, turn);
  return () => timer.cancel();
};
