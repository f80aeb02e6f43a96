import { setTimeout as sleep } from "node:timers/promises";

import type { Disaster, Drill, DrillTools, Ground } from "./drill";
import type { Measures } from "./timeline";
import { awaitCalm, awaitGreen, newMails } from "./waiting";

/** Longer than an alert takes: what is broken has been told by then, or can't be told yet. */
const BROKEN_SECONDS = 75;
const BACK_SECONDS = 300;
const CALM_SECONDS = 300;

/** Out of reach by whatever takes it: broken last, mended first. */
const UNREACHABLE: readonly (Ground | undefined)[] = ["the primary", "the watcher", "the link"];

/** Whether two can be broken at once, each in its own place. */
export const canOverlap = (one: Disaster, other: Disaster): boolean =>
  one.takes !== undefined &&
  other.takes !== undefined &&
  one.takes !== other.takes &&
  // The first could not be mended while the second can't be reached, nor be told from it.
  !(UNREACHABLE.includes(one.takes) && UNREACHABLE.includes(other.takes));

interface Letter {
  readonly subject: string;
}

/** The checks that the mails with this word name, and whether one tells of more than it names. */
const namedBy = (mails: readonly Letter[], word: "DOWN" | "UP") => {
  const lists = mails.flatMap(
    ({ subject }) => new RegExp(`\\b${word}: (.+?)(?: \\(.*)?$`).exec(subject)?.[1] ?? [],
  );
  return {
    names: new Set(lists.flatMap((list) => list.replace(MORE, "").split(", "))),
    hasMore: lists.some((list) => MORE.test(list)),
  };
};

/** What several at once are shortened to: "blog, chat, docs and 7 more". */
const MORE = / and \d+ more$/;

const missing = (
  one: ReturnType<typeof namedBy>,
  other: ReturnType<typeof namedBy>,
): readonly string[] =>
  other.hasMore ? [] : [...one.names].filter((name) => !other.names.has(name));

/**
 * What is wrong with the mails of two disasters at once: an alert without its all-clear, an
 * all-clear without its alert, or an alert about a machine that nothing has happened to.
 */
export const wrongMails = (
  mails: readonly Letter[],
  grounds: readonly (Ground | undefined)[],
): readonly string[] => {
  const down = namedBy(mails, "DOWN");
  const up = namedBy(mails, "UP");
  const touched = grounds.some((ground) => ground === "the watcher" || ground === "the link");
  return [
    ...missing(down, up).map((name) => `an alert of ${name}, and no all-clear`),
    ...missing(up, down).map((name) => `an all-clear of ${name}, and no alert`),
    ...(down.names.has("watcher") && !touched
      ? ["an alert about the watcher, which nothing has happened to"]
      : []),
  ];
};

const run = async (
  tools: DrillTools,
  first: Disaster,
  second: Disaster,
  mend: () => Promise<void>,
): Promise<Measures> => {
  const { timeline, signal } = tools;
  for (const one of [first, second]) {
    signal.throwIfAborted();
    await one.breakIt(tools);
    timeline.mark(one.broken);
  }
  await sleep(BROKEN_SECONDS * 1000, undefined, { signal });
  for (const { subject } of await newMails(tools)) timeline.mark("a mail has come", subject);
  await mend();
  const mended = timeline.mark("both are mended");
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark("every service answers and is observed");
  await awaitCalm(tools, CALM_SECONDS);
  timeline.mark("no incident is open, and no mail on its way");
  const wrong = wrongMails(
    await newMails(tools),
    [first, second].map(({ takes }) => takes),
  );
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return { "mended to all green": green - mended };
};

/**
 * Two disasters at once. How many mails come is not foreseen, one may hide the other; each alert
 * has to be true, and to have its all-clear.
 */
export const overlap = (one: Disaster, other: Disaster): Drill => {
  const [first, second] = UNREACHABLE.includes(one.takes) ? [other, one] : [one, other];
  const mend: Drill["mend"] = async (tools) => {
    await second.mend(tools);
    await first.mend(tools);
  };
  return { run: (tools) => run(tools, first, second, () => mend(tools)), mend };
};
