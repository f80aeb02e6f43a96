import type { ReleaseProbe } from "@second-server/contract/release";

import type { Machine } from "./machine";
import { journalOf } from "./systemd";

const RETRY_MS = 100;
const ANSWER_MS = 3000;
/** A service that systemd has had to start again this often since it was told to will not come up by waiting. */
const HOPELESS_RESTARTS = 3;
const LOOK_EVERY = 10;

const restartsOf = async (machine: Machine, unit: string): Promise<number> =>
  Number(
    (
      await machine.run(["systemctl", "show", "--property", "NRestarts", "--value", "--", unit])
    ).stdout.trim(),
  );

/** Asks until the answer is right or the probe's time is up; undefined when right, else what was seen last. */
const ask = async (
  machine: Machine,
  { unit, url, status, contains, timeoutSeconds }: ReleaseProbe,
): Promise<string | undefined> => {
  const deadline = machine.now().getTime() + timeoutSeconds * 1000;
  for (let attempt = 1; ; attempt++) {
    let seen: string;
    try {
      const answer = await machine.ask(url, ANSWER_MS);
      if (answer.status === status && (contains === undefined || answer.body.includes(contains)))
        return undefined;
      seen = `status ${answer.status}${answer.status === status ? `, without ${JSON.stringify(contains)}` : `, not ${status}`}: ${answer.body.slice(0, 300).trim()}`;
    } catch (error) {
      seen = (error as Error).message;
    }
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
