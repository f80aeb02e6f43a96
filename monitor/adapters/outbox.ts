import type { Message } from "../alerts/messages";
import type { Clock, Timer } from "./clock";
import { reason, type Log } from "./log";

/** A message on its way. Times are milliseconds since the epoch. */
export interface Parcel { readonly id: number; readonly created: number; readonly message: Message; readonly attempts: number; readonly error?: string; readonly sent?: number; /** The channel it left by. */ readonly by?: string }

/** Where parcels are kept over a restart. */
export interface Shelf { parcel(parcel: Parcel): void }

/** @throws when the message could not be handed over. `id` is the same for each try, so that receivers can tell a repetition. */
export interface Carrier { readonly name: string; carry(message: Message, id: string, created: number): Promise<void> }

const waits = [2, 5, 10, 20, 30, 60, 120, 300];
const giveUpAfter = 3 * 24 * 3_600_000;

/** Messages leave in order, each by the first channel that takes it; when none does, all wait and try again. */
export class Outbox {
  #queue: Parcel[];
  #next: number;
  #busy = false;
  #timer: Timer | undefined;

  constructor(readonly deps: { readonly clock: Clock; readonly log: Log; readonly shelf: Shelf; /** Asked anew for each message, so a changed configuration counts at once. */ readonly carriers: () => readonly Carrier[]; readonly origin: string }, kept: { readonly parcels: readonly Parcel[]; readonly nextParcel: number }) {
    this.#queue = [...kept.parcels];
    this.#next = kept.nextParcel;
  }

  waiting(): readonly Parcel[] { return this.#queue; }

  add(message: Message): void {
    const parcel: Parcel = { id: this.#next, created: this.deps.clock.now(), message, attempts: 0 };
    this.#next += 1;
    this.#queue.push(parcel);
    this.deps.shelf.parcel(parcel);
    this.start();
  }

  /** Sends what can be sent now. */
  start(): void {
    if (this.#busy || this.#queue.length === 0) return;
    this.#timer?.cancel();
    this.#busy = true;
    void this.#work().finally(() => { this.#busy = false; });
  }

  stop(): void { this.#timer?.cancel(); }

  async #work(): Promise<void> {
    for (let parcel = this.#queue[0]; parcel; parcel = this.#queue[0]) {
      const tried = await this.#try(parcel);
      this.deps.shelf.parcel(tried);
      const expired = this.deps.clock.now() - tried.created > giveUpAfter;
      if (tried.sent === undefined && !expired) {
        this.#queue[0] = tried;
        const wait = waits[Math.min(tried.attempts, waits.length) - 1] ?? 300;
        this.#timer = this.deps.clock.after(wait * 1000, () => this.start());
        return;
      }
      if (tried.sent === undefined) this.deps.log.error(`gave up on "${parcel.message.subject}" after three days: ${tried.error ?? ""}`);
      this.#queue.shift();
    }
  }

  async #try(parcel: Parcel): Promise<Parcel> {
    const { clock, log, carriers, origin } = this.deps;
    const errors: string[] = [];
    for (const carrier of carriers()) {
      try {
        await carrier.carry(parcel.message, `${origin}-${parcel.id}-${parcel.created}`, parcel.created);
        log.info(`sent "${parcel.message.subject}" by ${carrier.name}`);
        return { ...parcel, attempts: parcel.attempts + 1, sent: clock.now(), by: carrier.name, error: undefined };
      } catch (error) {
        errors.push(`${carrier.name}: ${reason(error)}`);
      }
    }
    const error = errors.join("; ") || "no channel is configured";
    log.warn(`"${parcel.message.subject}" could not be sent (try ${parcel.attempts + 1}): ${error}`);
    return { ...parcel, attempts: parcel.attempts + 1, error };
  }
}
