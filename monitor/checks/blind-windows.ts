/** A time in which no job could be heard. Milliseconds since the epoch. */
export interface BlindWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * When this program was off, stood still or had no network: a job that reported then is not late
 * because of that.
 */
export interface BlindWindows {
  /** In order of time; the last may not have ended yet. */
  all(): readonly BlindWindow[];
  /** One ends now that began at `from`. */
  endNow(from: number): void;
}

/** So many are remembered: each costs a deadline at most one turn of its job. */
const MOST = 100;

export const createBlindWindows = (
  deps: {
    readonly now: () => number;
    /** The start of a window that has not ended. */
    readonly since: () => number | undefined;
    readonly keep: (windows: readonly BlindWindow[]) => void;
  },
  kept: readonly BlindWindow[],
): BlindWindows => {
  let windows = kept;
  return {
    all: () => {
      const since = deps.since();
      return since === undefined ? windows : [...windows, { from: since, to: deps.now() }];
    },
    endNow: (from) => {
      const to = deps.now();
      // What lies ahead of a clock that was set back never was.
      const past = windows.filter((window) => window.to <= to);
      windows =
        from < to ? [...past, { from, to }].sort((a, b) => a.from - b.from).slice(-MOST) : past;
      deps.keep(windows);
    },
  };
};
