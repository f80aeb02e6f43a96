import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits, or fails with the signal's own reason: what the timer says of it would hide who has
 * stopped it.
 */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};
