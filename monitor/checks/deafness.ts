/** A time in which no job could be heard. Milliseconds since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** So many are remembered: each costs a deadline at most one turn of its job. */
const MOST = 100;

/** When this program was off, stood still or had no network: a job that reported then is not late because of that. */
export class Deafness {
  #gaps: readonly Gap[];

  /** `since`: the start of a gap that has not ended. */
  constructor(
    readonly deps: {
      readonly now: () => number;
      readonly since: () => number | undefined;
      readonly keep: (gaps: readonly Gap[]) => void;
    },
    kept: readonly Gap[],
  ) {
    this.#gaps = kept;
  }

  /** In order of time. */
  gaps(): readonly Gap[] {
    const since = this.deps.since();
    return since === undefined ? this.#gaps : [...this.#gaps, { from: since, to: this.deps.now() }];
  }

  /** It was deaf until now. What lies ahead of a clock that was set back never was. */
  until(from: number): void {
    const to = this.deps.now();
    const past = this.#gaps.filter((gap) => gap.to <= to);
    this.#gaps =
      from < to ? [...past, { from, to }].sort((a, b) => a.from - b.from).slice(-MOST) : past;
    this.deps.keep(this.#gaps);
  }
}
