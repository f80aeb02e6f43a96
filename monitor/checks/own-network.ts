import { codeOf } from "@second-server/contract/caught";
import type { TcpCheck } from "@second-server/contract/check-settings";

import type { Clock } from "../adapters/clock";
import { checkTcp } from "./tcp";

/**
 * Does this machine have a network at all? Asked before any failure is believed: a watcher without
 * network has to blame itself.
 */
export interface OwnNetwork {
  up(): Promise<boolean>;
}

type Place = Pick<TcpCheck, "host" | "port">;

/** A refused connection is an answer too. */
const answers = async (probe: typeof checkTcp, place: Place, timeoutMs: number): Promise<void> => {
  try {
    await probe(place, timeoutMs);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ECONNREFUSED" && code !== "ECONNRESET") throw error;
  }
};

/**
 * Up as soon as one of the places answers. Askers within `freshMs` share one look.
 * With no place to ask, the network is taken to be up: failures then count as they are.
 */
export const createOwnNetwork = (
  places: readonly Place[],
  clock: Clock,
  timeoutMs: number,
  freshMs: number,
  probe = checkTcp,
): OwnNetwork => {
  let last: { readonly at: number; readonly up: Promise<boolean> } | undefined;
  const look = async (): Promise<boolean> =>
    places.length === 0 ||
    Promise.any(places.map((place) => answers(probe, place, timeoutMs))).then(
      () => true,
      () => false,
    );
  return {
    up: () => {
      const now = clock.monotonic();
      if (last === undefined || now - last.at > freshMs) last = { at: now, up: look() };
      return last.up;
    },
  };
};
