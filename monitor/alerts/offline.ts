import { offlineMessage, type Message } from "./messages";

/** The watcher's own network: while it is gone nothing is said (nothing could leave), and afterwards the blame is put where it belongs. */
export class Offline {
  constructor(
    readonly deps: {
      readonly fleet: string;
      readonly url: string;
      readonly now: () => number;
      readonly keep: (since: number | undefined) => void;
      readonly send: (message: Message) => void;
      /** It is over. */ readonly over: (from: number) => void;
      readonly leastMs: number;
    },
    private start: number | undefined,
  ) {}

  since(): number | undefined {
    return this.start;
  }

  /** What the last look at the own network, or any check that passed, has shown. */
  seen(up: boolean): void {
    const now = this.deps.now();
    if (up === (this.start === undefined)) return;
    const from = this.start ?? now;
    this.start = up ? undefined : now;
    this.deps.keep(this.start);
    if (up) this.deps.over(from);
    if (up && now - from >= this.deps.leastMs)
      this.deps.send(offlineMessage(this.deps.fleet, from, now, this.deps.url));
  }
}
