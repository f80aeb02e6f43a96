import type { TcpCheck } from "@second-server/contract/observatory";

import type { Clock } from "../adapters/clock";
import { checkTcp } from "./tcp";

/**
 * Does this machine have a network at all? Asked before any failure is believed: a watcher without network has to blame itself.
 * Up as soon as one of the places answers (a refused connection is an answer too). Askers within `freshMs` share one look.
 */
export class OwnNetwork {
  #last: { readonly at: number; readonly up: Promise<boolean> } | undefined;

  constructor(
    readonly places: readonly Pick<TcpCheck, "host" | "port">[],
    readonly clock: Clock,
    readonly timeoutMs: number,
    readonly freshMs: number,
    readonly probe = checkTcp,
  ) {}

  up(): Promise<boolean> {
    const now = this.clock.monotonic();
    if (this.#last === undefined || now - this.#last.at > this.freshMs)
      this.#last = { at: now, up: this.#look() };
    return this.#last.up;
  }

  /** With no place to ask the network is taken to be up: failures then count as they are. */
  async #look(): Promise<boolean> {
    if (this.places.length === 0) return true;
    const answers = this.places.map(async (place) => {
      try {
        await this.probe(place, this.timeoutMs);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ECONNREFUSED" && code !== "ECONNRESET") throw error;
      }
    });
    return Promise.any(answers).then(
      () => true,
      () => false,
    );
  }
}
