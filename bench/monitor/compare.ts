/**
 * The Observatory beside Gatus, Uptime Kuma and Monit with the same HTTP checks on one machine, in
 * one run: all at the same time (so that each has the same load around it), or with `--apart` one
 * after another.
 *
 *   [GATUS=path/of/gatus] [KUMA=folder] node --import tsx bench/monitor/compare.ts [--apart] [--failures N] [checks] [every s] [for s] [tool…]
 *
 * CPU: processor seconds per 1,000 requests that arrived; bytes: growth of what is stored per
 * 1,000; alert: from the moment the answer turns 500 to the mail's arrival (three failures), median
 * of N services that fail one after another.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { freePort } from "../../tests/fixtures/free-port";
import { bytesBelow, type Lab, openLab, usage } from "./lab";
import { gatus } from "./tools/gatus";
import { kuma } from "./tools/kuma";
import { monit } from "./tools/monit";
import { observatory } from "./tools/observatory";
import type { Tool } from "./tools/tool";

interface Plan {
  readonly count: number;
  readonly seconds: number;
  readonly duration: number;
  readonly failures: number;
}
interface Running {
  readonly tool: Tool;
  readonly box: string;
  readonly child: ChildProcess;
  readonly pid: number;
  readonly folder: string;
  readonly stores: string;
}

const answers = async (port: number, patienceMs: number): Promise<void> => {
  for (const end = Date.now() + patienceMs; ; await pause(250)) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      return;
    if (Date.now() > end) throw new Error("did not come up");
  }
};

const start = async (tool: Tool, lab: Lab, { count, seconds }: Plan): Promise<Running> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const listen = await freePort();
  const box = tool.name.toLowerCase().replace(/\W/g, "-");
  const setting = {
    folder: join(folder, "work"),
    count,
    seconds,
    port: lab.port,
    smtp: lab.smtp,
    listen,
    box,
  };
  mkdirSync(setting.folder);
  const {
    argv: [program = "", ...args],
    env,
    cwd,
    stores,
  } = tool.prepare(setting);
  const child = spawn(program, args, {
    cwd: cwd ?? folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "ignore"],
  });
  if (tool.name !== "Monit") await answers(listen, 120_000);
  await tool.fill?.(setting);
  return {
    tool,
    box,
    child,
    pid: child.pid ?? 0,
    folder,
    stores,
  };
};

const stop = async ({ child, folder }: Running): Promise<void> => {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  clearTimeout(killer);
  rmSync(folder, { recursive: true, force: true });
};

const rounded = (value: number, digits: number): number =>
  Math.round(value * 10 ** digits) / 10 ** digits;
const median = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/**
 * One service after another fails, at moments that have nothing to do with anybody's turns.
 * @returns seconds to each tool's mail; those that never came are absent.
 */
const alertTimes = async (
  all: readonly Running[],
  lab: Lab,
  { seconds, failures }: Plan,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const times = new Map<string, readonly number[]>(all.map(({ box }) => [box, []]));
  for (let index = 3; index < 3 + failures; index += 1) {
    lab.setDown(String(index));
    const broke = performance.now();
    await Promise.all(
      all.map(({ box }) =>
        lab.mail(box, `service-${index}`, 12 * seconds * 1000).then(
          (at) => {
            times.set(box, [...(times.get(box) ?? []), (at - broke) / 1000]);
          },
          () => undefined,
        ),
      ),
    );
    lab.setDown(undefined);
    await pause(seconds * 1000 * (1 + Math.random()));
  }
  return times;
};

const measure = async (tools: readonly Tool[], plan: Plan): Promise<void> => {
  const lab = await openLab();
  const all: Running[] = [];
  try {
    for (const tool of tools) all.push(await start(tool, lab, plan));
    await pause(Math.max(2 * plan.seconds, 10) * 1000);
    const before = all.map(({ box, pid, stores }) => ({
      requests: lab.requests(box),
      cpu: usage(pid).cpu,
      bytes: bytesBelow(stores),
    }));
    const rss = all.map(() => 0);
    for (const end = Date.now() + plan.duration * 1000; Date.now() < end; await pause(1000))
      all.forEach(({ pid }, index) => {
        rss[index] = Math.max(rss[index] ?? 0, usage(pid).rss);
      });
    const after = all.map(({ box, pid, stores }) => ({
      requests: lab.requests(box),
      cpu: usage(pid).cpu,
      bytes: bytesBelow(stores),
    }));
    const load = rounded(loadavg()[0] ?? 0, 1);
    const times = await alertTimes(all, lab, plan);
    all.forEach(({ tool, box }, index) => {
      const [from, to] = [before[index], after[index]];
      if (from === undefined || to === undefined) return;
      const thousands = (to.requests - from.requests) / 1000;
      const alerts = times.get(box) ?? [];
      process.stdout.write(
        `${JSON.stringify({
          tool: tool.name,
          rssMB: rounded(rss[index] ?? 0, 1),
          cpuPer1000: rounded((to.cpu - from.cpu) / thousands, 2),
          bytesPer1000: Math.round((to.bytes - from.bytes) / thousands),
          requests: to.requests - from.requests,
          load,
          alertSeconds: rounded(median(alerts) ?? NaN, 1),
          alerts: alerts.map((value) => rounded(value, 1)),
          missed: plan.failures - alerts.length,
        })}\n`,
      );
    });
  } finally {
    await Promise.all(all.map(stop));
    lab.close();
  }
};

const main = async (argv: readonly string[]): Promise<void> => {
  const {
    values,
    positionals: [count = "10", seconds = "5", duration = "60", ...names],
  } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      apart: { type: "boolean", default: false },
      failures: { type: "string", default: "5" },
    },
  });
  const plan: Plan = {
    count: Number(count),
    seconds: Number(seconds),
    duration: Number(duration),
    failures: Math.min(Number(values.failures), Number(count) - 2),
  };
  process.stdout.write(
    `${count} checks every ${seconds} s for ${duration} s, ` +
      `${values.apart ? "one tool after another" : "all tools at once"}, ${plan.failures} failures\n`,
  );
  const wanted = [observatory, gatus, kuma, monit].filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  for (const tool of wanted)
    if (tool.missing() !== undefined)
      process.stdout.write(`${tool.name}: skipped, ${tool.missing()}\n`);
  const tools = wanted.filter((tool) => tool.missing() === undefined);
  for (const group of values.apart ? tools.map((tool) => [tool]) : [tools])
    await measure(group, plan);
};

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
