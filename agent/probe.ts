import { messageOf } from "@second-server/contract/caught";
import type { ReleaseProbe, ReleasePublicProbe } from "@second-server/contract/release";

import type { Machine } from "./machine";
import { impostor, restartsOf } from "./standing";
import { journalOf } from "./systemd";

const RETRY_MS = 100;
/** Through the web server, which counts how often a client asks. */
const PUBLIC_RETRY_MS = 1000;
/** What the first answer may take; see `createAnswerLimit`. */
const ANSWER_MS = 3000;
/**
 * A service that systemd has had to start again this often since it was told to will not come up by
 * waiting.
 */
const HOPELESS_RESTARTS = 3;
const LOOK_EVERY = 10;

type Expected = Pick<ReleasePublicProbe, "status" | "contains">;
type Answer = Awaited<ReturnType<Machine["ask"]>>;

/** What is wrong with an answer; undefined when it is right. */
const faultOf = (
  { status, body }: Answer,
  { status: expected, contains }: Expected,
): string | undefined => {
  const end = `: ${body.slice(0, 300).trim()}`;
  if (expected !== undefined && status !== expected)
    return `status ${status}, not ${expected}${end}`;
  if (contains !== undefined && !body.includes(contains))
    return `status ${status}, without ${JSON.stringify(contains)}${end}`;
  return undefined;
};

/**
 * How long each answer may take. On a busy machine it comes late, again and again: after one that
 * has not come the next may take twice as long, and never more than what is left of the time.
 */
const createAnswerLimit = (machine: Machine, deadline: number) => {
  let limitMs = ANSWER_MS;
  return async <T>(question: (withinMs: number) => Promise<T>): Promise<T> => {
    const began = machine.now().getTime();
    const withinMs = Math.max(ANSWER_MS, Math.min(limitMs, deadline - began));
    try {
      return await question(withinMs);
    } finally {
      if (machine.now().getTime() - began >= withinMs) limitMs *= 2;
    }
  };
};

/** One question; what went wrong, or undefined. */
const askOnce = async (
  question: () => Promise<Answer>,
  expected: Expected,
): Promise<string | undefined> => {
  try {
    return faultOf(await question(), expected);
  } catch (error) {
    return messageOf(error);
  }
};

/**
 * Asks until the unit's own process gives the right answer or the probe's time is up; undefined
 * when right, else what was seen last.
 */
const ask = async (machine: Machine, probe: ReleaseProbe): Promise<string | undefined> => {
  const { unit, url, timeoutSeconds } = probe;
  const deadline = machine.now().getTime() + timeoutSeconds * 1000;
  const limited = createAnswerLimit(machine, deadline);
  const question = (): Promise<Answer> => limited((withinMs) => machine.ask(url, withinMs));
  for (let attempt = 1; ; attempt++) {
    const seen = (await askOnce(question, probe)) ?? (await impostor(machine, probe));
    if (seen === undefined) return undefined;
    if (machine.now().getTime() >= deadline) return seen;
    if (attempt % LOOK_EVERY === 0 && (await restartsOf(machine, unit)) >= HOPELESS_RESTARTS)
      return `${seen}; it ends again and again`;
    await machine.sleep(RETRY_MS);
  }
};

/** Asks every service; rejects with each wrong answer and the end of its journal. */
export const probeAll = async (
  machine: Machine,
  probes: readonly ReleaseProbe[],
): Promise<void> => {
  const answers = await Promise.all(
    probes.map(async (probe) => ({ probe, seen: await ask(machine, probe) })),
  );
  const reports = answers
    .flatMap(({ probe, seen }) => (seen === undefined ? [] : [{ probe, seen }]))
    .map(
      async ({ probe: { service, url, unit }, seen }) =>
        `${service}: ${url} answered ${seen}\n${await journalOf(machine, unit)}`,
    );
  if (reports.length > 0) throw new Error((await Promise.all(reports)).join("\n"));
};

const askPublicly = async (
  machine: Machine,
  probe: ReleasePublicProbe,
): Promise<string | undefined> => {
  const deadline = machine.now().getTime() + probe.timeoutSeconds * 1000;
  const limited = createAnswerLimit(machine, deadline);
  const question = (): Promise<Answer> =>
    limited((withinMs) => machine.askPublic(probe.url, withinMs));
  for (;;) {
    const seen = await askOnce(question, probe);
    if (seen === undefined || machine.now().getTime() >= deadline) return seen;
    await machine.sleep(PUBLIC_RETRY_MS);
  }
};

/** Asks every public name as a visitor would; rejects with each wrong answer. */
export const probePublic = async (
  machine: Machine,
  probes: readonly ReleasePublicProbe[],
): Promise<void> => {
  if (probes.length === 0) return;
  const faults = await Promise.all(
    probes.map(async (probe) => {
      const seen = await askPublicly(machine, probe);
      return seen === undefined ? [] : [`${probe.service}: ${probe.url} answered ${seen}`];
    }),
  );
  if (faults.flat().length > 0) throw new Error(faults.flat().join("\n"));
  machine.log(`${probes.length} names answer over HTTPS`);
};
