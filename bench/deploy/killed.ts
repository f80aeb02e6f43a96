/**
 * Deploys that are killed at random moments, the command and the agent on the primary alike, while
 * the service is visited: either version serves, never neither, and the next deploy goes on.
 *
 *   node --import tsx bench/deploy/killed.ts --state DIR --copy DIR [--kills 20] [--only TEXT]
 *
 * On the fleet of that state folder as `measure.ts` has left it, with the copy of the project that
 * it was given.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { PATHS } from "@second-server/contract/paths";

import { fleetOf, type Kind, KINDS, makeCopy, targetOf } from "./subjects";
import { startVisit, type Visit } from "./visit";

/** What is killed has to be brought by `deploy`, and to be told apart in answers. */
const SUBJECTS = ["static site", "node, side by side", "node, held", "python, side by side"];
const SETTLE_MS = 1500;
/** In brackets, so that who looks for it does not find itself. */
const AGENT = "[a]gent.js deploy";
/** So long after the agent has begun; exit 0 where it had not ended by then. The aftercare lives on. */
const killAfter = (seconds: number): string =>
  `sudo sh -c 'until pgrep -f "${AGENT}" >/dev/null; do sleep 0.05; done; sleep ${seconds}; pkill -KILL -f "${AGENT}"'`;
/** Until what was cut short has been put right: nothing is pending, and nobody is with a stand-in. */
const MENDED = `sudo sh -c 'while [ -e ${PATHS.pending} ] || [ -n "$(ls ${PATHS.standIns} 2>/dev/null)" ]; do sleep 0.2; done'`;

interface Where {
  readonly copy: string;
  readonly state: string;
}

/** Starts a deploy, and kills the agent and then the command; false where it had ended by then. */
const killedDeploy = async (
  { copy, state }: Where,
  service: string,
  afterSeconds: number,
): Promise<boolean> => {
  const killed = fleetOf(copy, state, "ssh", "primary", "--", killAfter(afterSeconds));
  const child = spawn(join(copy, "fleet"), ["deploy", service, "--state", state], {
    cwd: copy,
    stdio: "ignore",
    detached: true,
  });
  const closed = once(child, "close");
  const { code } = await killed;
  if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await closed;
  return code === 0;
};

const killOften = async (
  where: Where,
  { service, write, version = String }: Kind,
  kills: number,
  visit: Visit,
): Promise<string> => {
  const sum = {
    requests: 0,
    failed: 0,
    reset: 0,
    longestMs: 0,
    killed: 0,
    neither: 0,
  };
  write(where.copy, 0);
  const first = await fleetOf(where.copy, where.state, "deploy", service);
  if (first.code !== 0) throw new Error(`deploy ${service}: exit ${first.code}\n${first.said}`);
  for (let turn = 1; turn <= kills; turn++) {
    await visit.look();
    write(where.copy, turn);
    const after = Number((Math.random() * first.seconds).toFixed(2));
    sum.killed += Number(await killedDeploy(where, service, after));
    const mended = await fleetOf(where.copy, where.state, "ssh", "primary", "--", MENDED);
    if (mended.code !== 0) throw new Error(`the primary: exit ${mended.code}\n${mended.said}`);
    await pause(SETTLE_MS);
    const seen = (await visit.look())[service];
    if (!seen) throw new Error(`${service}: nobody has visited it`);
    await pause(SETTLE_MS);
    const now = (await visit.look())[service]?.versions ?? [];
    sum.requests += seen.requests;
    sum.failed += seen.failed;
    sum.reset += seen.reset;
    sum.longestMs = Math.max(sum.longestMs, seen.longestMs);
    sum.neither += Number(now.length !== 1);
    console.log(
      `${service} ${turn}, killed ${after} s after the agent began: ${JSON.stringify({ ...seen, now })}`,
    );
    // What comes next has to find nothing in its way.
    const next = await fleetOf(where.copy, where.state, "deploy", service);
    if (next.code !== 0) throw new Error(`deploy ${service}: exit ${next.code}\n${next.said}`);
    await pause(SETTLE_MS);
    const last = (await visit.look(), await pause(SETTLE_MS), (await visit.look())[service]);
    if (!last?.versions.includes(version(turn)))
      throw new Error(`${service}: the next deploy was not seen: ${JSON.stringify(last)}`);
  }
  return `| ${service} | ${kills}, ${sum.killed} | ${sum.requests} | ${sum.failed} | ${sum.reset} | ${sum.longestMs} ms | ${sum.neither} |`;
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      copy: { type: "string" },
      kills: { type: "string", default: "20" },
      only: { type: "string", default: "" },
    },
  });
  const { state, copy } = values;
  if (!state || !copy) throw new Error("bench/deploy/killed.ts: --state DIR --copy DIR are needed");
  makeCopy(copy);
  const lines: string[] = [];
  for (const name of SUBJECTS) {
    const kind = KINDS[name];
    if (!kind || !name.includes(values.only)) continue;
    const visit = await startVisit(state, [{ ...targetOf(kind.service), webSocket: false }]);
    try {
      lines.push(await killOften({ copy, state }, kind, Number(values.kills), visit));
    } finally {
      await visit.end();
    }
    console.log(
      [
        "",
        "| service | deploys, killed before their end | requests | failed | reset | longest wait | neither version, or both |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        ...lines,
        "",
        `load ${loadavg()[0]?.toFixed(1)}`,
      ].join("\n"),
    );
  }
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
