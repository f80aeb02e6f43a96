import type { ReleaseProbe } from "../../config/release";
import type { Machine } from "../machine";
import { journalOf } from "./journal";

const RETRY_MS = 100;
const ANSWER_MS = 3000;

/** Asks until the answer is right or the probe's time is up; null when right, else what was seen last. */
const ask = async (machine: Machine, { url, status, contains, timeoutSeconds }: ReleaseProbe): Promise<string | null> => {
  const deadline = machine.now().getTime() + timeoutSeconds * 1000;
  for (;;) {
    let seen: string;
    try {
      const answer = await machine.ask(url, ANSWER_MS);
      if (answer.status === status && (contains === undefined || answer.body.includes(contains))) return null;
      seen = `status ${answer.status}${answer.status === status ? `, without ${JSON.stringify(contains)}` : `, not ${status}`}: ${answer.body.slice(0, 300).trim()}`;
    } catch (error) { seen = (error as Error).message; }
    if (machine.now().getTime() >= deadline) return seen;
    await machine.sleep(RETRY_MS);
  }
};

/** Asks every service; rejects with each wrong answer and the end of its journal. */
export const probeAll = async (machine: Machine, probes: readonly ReleaseProbe[]): Promise<void> => {
  const answers = await Promise.all(probes.map(async (probe) => ({ probe, seen: await ask(machine, probe) })));
  const reports = answers.flatMap(({ probe, seen }) => (seen === null ? [] : [{ probe, seen }]))
    .map(async ({ probe: { service, url, unit }, seen }) => `${service}: ${url} answered ${seen}\n${await journalOf(machine, unit)}`);
  if (reports.length > 0) throw new Error((await Promise.all(reports)).join("\n"));
};
