import type { ReleaseProbe } from "../../config/release";
import type { Machine } from "../machine";

const RETRY_MS = 250;

/** Asks until the answer is right or the probe's time is up; null when right, else what was seen last. */
const ask = async (machine: Machine, { url, status, contains, timeoutSeconds }: ReleaseProbe): Promise<string | null> => {
  const deadline = machine.now().getTime() + timeoutSeconds * 1000;
  for (;;) {
    let seen: string;
    try {
      const answer = await machine.ask(url, 3000);
      if (answer.status === status && (contains === undefined || answer.body.includes(contains))) return null;
      seen = `status ${answer.status}${answer.status === status ? `, without ${JSON.stringify(contains)}` : `, not ${status}`}: ${answer.body.slice(0, 300).trim()}`;
    } catch (error) { seen = (error as Error).message; }
    if (machine.now().getTime() >= deadline) return seen;
    await machine.sleep(RETRY_MS);
  }
};

/** Asks every service; rejects with each wrong answer and the end of its journal, since "unhealthy" alone helps nobody. */
export const probeAll = async (machine: Machine, probes: readonly ReleaseProbe[]): Promise<void> => {
  const wrong = (await Promise.all(probes.map(async (probe) => ({ probe, seen: await ask(machine, probe) })))).filter(({ seen }) => seen !== null);
  if (wrong.length === 0) return;
  const reports = await Promise.all(wrong.map(async ({ probe, seen }) => {
    const journal = await machine.run(["journalctl", "--no-pager", "-q", "-o", "cat", "-n", "15", "-u", probe.unit]);
    return `${probe.service}: ${probe.url} answered ${seen}\n  journal of ${probe.unit}:\n    ${journal.stdout.trim().replaceAll("\n", "\n    ") || "(empty)"}`;
  }));
  throw new Error(reports.join("\n"));
};
