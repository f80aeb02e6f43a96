import { type Chaos, chaosOf } from "../drills/chaos";
import { type DrillEntry, DRILLS } from "../drills/list";
import { soakOf } from "../drills/soak";
import type { Scheduler } from "./drill-schedule";
import { cannotRun } from "./errors";

/** What `./fleet drill` was asked for, as the command line has it. */
export interface Choice {
  readonly all?: boolean;
  readonly random?: boolean;
  readonly mend?: boolean;
  /** Minutes. */
  readonly chaos?: string;
  readonly atOnce?: string;
  readonly seed?: string;
  /** Minutes. */
  readonly soak?: string;
  readonly load?: string;
  readonly schedule?: Scheduler;
}

/** What is to be rehearsed, in this order. */
export interface Programme {
  readonly title: string;
  readonly entries: Iterable<DrillEntry> | AsyncIterable<DrillEntry>;
  /** Milliseconds of the clock: none begins later. */
  readonly until: number;
  /** Said before the first. */
  readonly said?: string;
}

const drillNamed = (name: string): DrillEntry => {
  const drill = DRILLS.find((one) => one.name === name);
  if (drill) return drill;
  throw cannotRun(
    `fleet drill: there is no drill "${name}". There are: ${DRILLS.map((one) => one.name).join(", ")}.`,
  );
};

const numberOf = (option: string, text: string, from: number, to: number): number => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from && number <= to) return number;
  throw cannotRun(`fleet drill: ${option} is a whole number from ${from} to ${to}, not "${text}".`);
};

const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;
const MOST_PROGRAMS = 1000;
const MOST_SEED = 2 ** 31 - 1;

const listOf = (entries: readonly DrillEntry[]): Programme => ({
  title: entries.map(({ name }) => name).join(" "),
  entries,
  until: Number.POSITIVE_INFINITY,
});

const chaosProgramme = (minutes: string, choice: Choice, now: Date): Programme => {
  const lasting = numberOf("--chaos", minutes, 1, WEEK_MINUTES);
  const atOnce: Chaos["atOnce"] = numberOf("--at-once", choice.atOnce ?? "1", 1, 2) === 2 ? 2 : 1;
  const seed = numberOf("--seed", choice.seed ?? String(now.getTime() % 10_000), 0, MOST_SEED);
  return {
    title: "chaos",
    entries: chaosOf(DRILLS, { atOnce, seed }),
    until: now.getTime() + lasting * MINUTE_MS,
    said: `${atOnce === 2 ? "Two disasters at once" : "One disaster at a time"} for ${lasting} minutes; --seed ${seed} plays them in this order again.`,
  };
};

const oneWay = (names: readonly string[], choice: Choice): void => {
  const { all, random, mend, chaos, soak, schedule } = choice;
  const ways = [names.length > 0, all, random, mend, chaos, soak, schedule].filter(Boolean).length;
  if (ways > 1)
    throw cannotRun(
      "fleet drill: say names, or --all, --random, --chaos, --soak, --mend or --schedule: one of them.",
    );
  if (chaos === undefined && (choice.seed !== undefined || choice.atOnce !== undefined))
    throw cannotRun("fleet drill: --seed and --at-once go with --chaos.");
  if (soak === undefined && choice.load !== undefined)
    throw cannotRun("fleet drill: --load goes with --soak.");
};

/** Undefined where only the list was asked for; rejects what can't be meant. */
export const chosen = (
  names: readonly string[],
  choice: Choice,
  now: Date,
): Programme | undefined => {
  oneWay(names, choice);
  const { all, random, mend, chaos, soak } = choice;
  if (chaos !== undefined) return chaosProgramme(chaos, choice, now);
  if (soak !== undefined) {
    const minutes = numberOf("--soak", soak, 1, WEEK_MINUTES);
    return listOf([soakOf(minutes, numberOf("--load", choice.load ?? "0", 0, MOST_PROGRAMS))]);
  }
  if (mend) return { ...listOf([]), title: "--mend" };
  if (all) return listOf(DRILLS);
  if (random) return listOf([...DRILLS].sort(() => Math.random() - 0.5).slice(0, 1));
  if (names.length === 0 || (names.length === 1 && names[0] === "list")) return undefined;
  return listOf(names.map(drillNamed));
};
