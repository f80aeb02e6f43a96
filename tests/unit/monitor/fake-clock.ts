import type { Clock, Timer } from "../../../monitor/adapters/clock";

interface Waiting {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Time that passes only when told to; what is due runs in order, and promises settle in between.
 */
export class FakeClock implements Clock {
  #now: number;
  #steady = 0;
  #waiting: Waiting[] = [];

  constructor(start = "2026-03-01T12:00:00Z") {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#steady;
  }

  after(ms: number, run: () => void): Timer {
    const entry = { at: this.#steady + ms, run };
    this.#waiting.push(entry);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
      },
    };
  }

  async pass(ms: number): Promise<void> {
    const end = this.#steady + ms;
    await settled();
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#forward(next.at);
      next.run();
      await settled();
    }
    this.#forward(end);
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #due(end: number): Waiting | undefined {
    return this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  #forward(to: number): void {
    this.#now += to - this.#steady;
    this.#steady = to;
  }
}

/** Everything that only waits for promises is done. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
