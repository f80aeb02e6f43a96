/**
 * The Observatory beside Gatus, Uptime Kuma and Monit with the same HTTP checks, each for the same time on the same machine, one after another.
 *
 *   [GATUS=path/of/gatus] [KUMA=folder] node --import tsx bench/monitor/compare.ts [checks] [every s] [for s] [tool…]
 *
 * CPU: processor seconds per 1,000 requests that arrived; bytes: growth of what is stored per 1,000; alert: from the moment the answer turns 500 to the mail's arrival (three failures).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { bytesBelow, openLab, usage } from "./lab";
import { gatus, kuma, monit, observatory, type Tool } from "./tools";

interface Result { readonly tool: string; readonly rssMB: number; readonly cpuPer1000: number; readonly bytesPer1000: number; readonly alertSeconds: number | string; readonly requests: number; readonly load: number }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port: number, patienceMs: number): Promise<void> {
  for (const end = Date.now() + patienceMs; ; await pause(250)) {
    if (await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)) return;
    if (Date.now() > end) throw new Error("did not come up");
  }
}

async function measure(tool: Tool, count: number, seconds: number, duration: number): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const lab = await openLab();
  const listen = await freePort();
  const setting = { folder: join(folder, "work"), count, seconds, port: lab.port, smtp: lab.smtp, listen };
  mkdirSync(setting.folder);
  const { argv: [program = "", ...args], env, cwd, stores } = tool.prepare(setting);
  const child = spawn(program, args, { cwd: cwd ?? folder, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
  const pid = child.pid ?? 0;
  try {
    if (tool.name !== "Monit") await answers(listen, 120_000);
    await tool.fill?.(setting);
    await pause(Math.max(2 * seconds, 10) * 1000);
    const [from, cpu, bytes] = [lab.requests(), usage(pid).cpu, bytesBelow(stores)];
    let rss = 0;
    for (const end = Date.now() + duration * 1000; Date.now() < end; await pause(1000)) rss = Math.max(rss, usage(pid).rss);
    const thousands = (lab.requests() - from) / 1000;
    const used = usage(pid).cpu - cpu;
    const grown = bytesBelow(stores) - bytes;
    lab.setDown(true);
    const broke = performance.now();
    const alertSeconds = await lab.mail("service-1", 12 * seconds * 1000).then((at) => Math.round((at - broke) / 100) / 10, (error: Error) => error.message);
    rss = Math.max(rss, usage(pid).rss);
    return { tool: tool.name, rssMB: Math.round(rss * 10) / 10, cpuPer1000: Math.round((used / thousands) * 100) / 100, bytesPer1000: Math.round(grown / thousands), alertSeconds, requests: Math.round(thousands * 1000), load: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
  } finally {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    clearTimeout(killer);
    lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main([count = "10", seconds = "5", duration = "60", ...names]: readonly string[]): Promise<void> {
  const tools = [observatory, gatus, kuma, monit].filter(({ name }) => names.length === 0 || names.includes(name));
  process.stdout.write(`${count} checks every ${seconds} s for ${duration} s each\n`);
  for (const tool of tools) {
    const missing = tool.missing();
    const line = missing === undefined ? await measure(tool, Number(count), Number(seconds), Number(duration)).then(JSON.stringify, (error: Error) => `${tool.name}: ${error.message}`) : `${tool.name}: skipped, ${missing}`;
    process.stdout.write(`${line}\n`);
  }
}

main(process.argv.slice(2)).then(() => process.exit(0), (error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
