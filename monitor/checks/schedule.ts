import type { Clock, Timer } from "../adapters/clock";

export interface Job { readonly id: string; readonly intervalMs: number; run(): Promise<void> }

/**
 * Each job on its own timer, so none waits for another: the first run is spread over one interval, later ones jitter by a tenth around it.
 * A job that is still running when its turn comes is not started twice.
 */
export class Schedule {
  readonly #jobs = new Map<string, { job: Job; timer: Timer; running: boolean }>();

  constructor(readonly clock: Clock, readonly random: () => number = Math.random) {}

  add(job: Job): void {
    this.remove(job.id);
    this.#jobs.set(job.id, { job, running: false, timer: this.clock.after(this.random() * Math.min(job.intervalMs, 10_000), () => this.#turn(job.id)) });
  }

  remove(id: string): void {
    this.#jobs.get(id)?.timer.cancel();
    this.#jobs.delete(id);
  }

  ids(): readonly string[] { return [...this.#jobs.keys()]; }

  /** Brings a job's next run forward to now, unless it is running anyway. */
  hurry(id: string): void {
    const entry = this.#jobs.get(id);
    if (entry === undefined || entry.running) return;
    entry.timer.cancel();
    this.#turn(id);
  }

  /** Has a job run again after this time rather than after its interval. */
  soon(id: string, ms: number): void {
    const entry = this.#jobs.get(id);
    if (entry === undefined) return;
    entry.timer.cancel();
    entry.timer = this.clock.after(ms, () => this.#turn(id));
  }

  stop(): void { for (const id of this.ids()) this.remove(id); }

  #turn(id: string): void {
    const entry = this.#jobs.get(id);
    if (entry === undefined) return;
    const jitter = 0.95 + this.random() * 0.1;
    entry.timer = this.clock.after(entry.job.intervalMs * jitter, () => this.#turn(id));
    if (entry.running) return;
    entry.running = true;
    void entry.job.run().finally(() => { entry.running = false; });
  }
}
