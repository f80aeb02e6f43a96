import { offlineMessage, type Message } from "../alerts/messages";

/**
 * The watcher's own network: while it is gone nothing is said (nothing could leave), and afterwards
 * the blame is put where it belongs.
 */
export interface Offline {
  /** The start of an outage that has not ended. */
  since(): number | undefined;
  /**
   * What the last look at the own network, or any check that passed, has shown. @returns the start
   * of the outage that this ends.
   */
  seen(up: boolean): number | undefined;
}

export interface OfflineDeps {
  readonly fleet: string;
  readonly url: string;
  readonly now: () => number;
  readonly keep: (since: number | undefined) => void;
  readonly send: (message: Message) => void;
  /** Shorter outages are not worth a message, milliseconds. */
  readonly leastMs: number;
}

export const createOffline = (deps: OfflineDeps, began: number | undefined): Offline => {
  let since = began;
  return {
    since: () => since,
    seen: (up) => {
      const now = deps.now();
      if (up === (since === undefined)) return undefined;
      const from = since ?? now;
      since = up ? undefined : now;
      deps.keep(since);
      if (!up) return undefined;
      if (now - from >= deps.leastMs) deps.send(offlineMessage(deps.fleet, from, now, deps.url));
      return from;
    },
  };
};
