import type { Message } from "../alerts/messages";
import type { Clock, Timer } from "./clock";
import { Later, Refused } from "./failures";
import { reason, type Log } from "./log";

/** A message on its way. Times are milliseconds since the epoch. */
export interface Parcel {
  readonly id: number;
  readonly created: number;
  readonly message: Message;
  readonly attempts: number;
  readonly error?: string;
  readonly sent?: number;
  /** The channel it left by. */ readonly by?: string;
}

/** Where parcels are kept over a restart. */
export interface Shelf {
  parcel(parcel: Parcel): void;
}

/** @returns what else there is to say of it. @throws when the message could not be handed over: Later, Refused, or anything else. `id` is the same for each try, so that receivers can tell a repetition. */
export interface Carrier {
  readonly name: string;
  carry(message: Message, id: string, created: number): Promise<string | void>;
}

const waits = [2, 5, 10, 20, 30, 60, 120, 300];
const GIVE_UP_AFTER = 3 * 24 * 3_600_000;

interface Try {
  readonly parcel: Parcel;
  /** Each channel works and will not have it. */ readonly refused: boolean;
}

/** Messages leave in order, each by the first channel that takes it; when none does, all wait and try again. One that is refused for what it says steps aside. */
export class Outbox {
  #queue: Parcel[];
  #next: number;
  #busy = false;
  #timer: Timer | undefined;
  #stuckAt: number | undefined;
  /** By channel: not before then, on the monotonic clock. */
  readonly #paused = new Map<string, number>();

  constructor(
    readonly deps: {
      readonly clock: Clock;
      readonly log: Log;
      readonly shelf: Shelf;
      /** Asked anew for each message, so a changed configuration counts at once. */ readonly carriers: () => readonly Carrier[];
      readonly origin: string;
    },
    kept: { readonly parcels: readonly Parcel[]; readonly nextParcel: number },
  ) {
    this.#queue = [...kept.parcels];
    this.#next = kept.nextParcel;
  }

  waiting(): readonly Parcel[] {
    return this.#queue;
  }
  /** For how long nothing has left although something should; a message that is refused for what it says is no sign of that. */
  stuckMs(): number {
    return this.#queue.length === 0 || this.#stuckAt === undefined
      ? 0
      : this.deps.clock.monotonic() - this.#stuckAt;
  }

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
    void this.#work().finally(() => {
      this.#busy = false;
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #work(): Promise<void> {
    let at = 0;
    for (let parcel = this.#queue[at]; parcel; parcel = this.#queue[at]) {
      const tried = await this.#try(parcel);
      this.deps.shelf.parcel(tried.parcel);
      if (tried.parcel.sent !== undefined) this.#stuckAt = undefined;
      else if (!tried.refused) this.#stuckAt ??= this.deps.clock.monotonic();
      if (this.#done(tried.parcel)) {
        this.#queue.splice(at, 1);
        continue;
      }
      this.#queue[at] = tried.parcel;
      if (!tried.refused) break;
      at += 1;
    }
    const held = this.#queue[at] ?? this.#queue[0];
    if (held !== undefined)
      this.#timer = this.deps.clock.after(this.#waitMs(held), () => this.start());
  }

  #done({ created, sent, message, error }: Parcel): boolean {
    if (sent !== undefined) return true;
    const expired = this.deps.clock.now() - created > GIVE_UP_AFTER;
    if (expired)
      this.deps.log.error(`gave up on "${message.subject}" after three days: ${error ?? ""}`);
    return expired;
  }

  /** Longer with each try, for a channel that failed; one that asked for patience says itself when. */
  #waitMs({ attempts }: Parcel): number {
    const backoff = (waits[Math.min(attempts, waits.length) - 1] ?? 300) * 1000;
    return Math.min(
      ...this.deps.carriers().map((carrier, index) => this.#pauseMs(carrier, index) || backoff),
      300_000,
    );
  }

  #pauseMs({ name }: Carrier, index: number): number {
    return Math.max(0, (this.#paused.get(`${index} ${name}`) ?? 0) - this.deps.clock.monotonic());
  }

  async #try(parcel: Parcel): Promise<Try> {
    const { clock, log, carriers, origin } = this.deps;
    const errors: string[] = [];
    let refusals = 0;
    const all = carriers();
    for (const [index, carrier] of all.entries()) {
      const pause = this.#pauseMs(carrier, index);
      if (pause > 0) {
        errors.push(`${carrier.name}: asked for patience, ${Math.ceil(pause / 1000)} s more`);
        continue;
      }
      try {
        const note = await carrier.carry(
          parcel.message,
          `${origin}-${parcel.id}-${parcel.created}`,
          parcel.created,
        );
        log.info(`sent "${parcel.message.subject}" by ${carrier.name}`);
        if (note !== undefined) log.warn(`"${parcel.message.subject}": ${note}`);
        return {
          parcel: {
            ...parcel,
            attempts: parcel.attempts + 1,
            sent: clock.now(),
            by: carrier.name,
            error: undefined,
          },
          refused: false,
        };
      } catch (error) {
        if (error instanceof Later)
          this.#paused.set(`${index} ${carrier.name}`, clock.monotonic() + error.afterMs);
        if (error instanceof Refused) refusals += 1;
        errors.push(`${carrier.name}: ${reason(error)}`);
      }
    }
    const error = errors.join("; ") || "no channel is configured";
    log.warn(
      `"${parcel.message.subject}" could not be sent (try ${parcel.attempts + 1}): ${error}`,
    );
    return {
      parcel: { ...parcel, attempts: parcel.attempts + 1, error },
      refused: refusals > 0 && refusals === all.length,
    };
  }
}
