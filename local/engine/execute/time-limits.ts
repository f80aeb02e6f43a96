import { messageOf } from "../errors";

/** The `customTimeouts` of the steps that run. */
export interface TimeLimits {
  /** What stops the step of this resource: its limit, or the user. */
  readonly signalFor: (urn: string, seconds: number | undefined) => AbortSignal;
  /**
   * Why a step failed. A provider that was stopped says only that it was; the reader has to know
   * the limit.
   */
  readonly reasonOf: (urn: string, error: unknown) => string;
}

export const createTimeLimits = (abort: AbortSignal): TimeLimits => {
  const limits = new Map<string, { readonly signal: AbortSignal; readonly seconds: number }>();
  return {
    signalFor: (urn, seconds) => {
      limits.delete(urn);
      if (seconds === undefined) return abort;
      const signal = AbortSignal.timeout(seconds * 1000);
      limits.set(urn, { signal, seconds });
      return AbortSignal.any([abort, signal]);
    },
    reasonOf: (urn, error) => {
      const limit = limits.get(urn);
      return limit?.signal.aborted
        ? `not done within ${limit.seconds} s (customTimeouts): ${messageOf(error)}`
        : messageOf(error);
    },
  };
};
