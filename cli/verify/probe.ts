import { spawn } from "node:child_process";
import { join } from "node:path";

import type { Context } from "../context";
import { loadLab } from "../lab";
import { asItIs } from "../run";
import type { ProbeOrder, ProbeReport } from "./prober";

/**
 * Runs the prober where the fleet's visitors are: inside the lab's network, or here for a fleet on
 * the real DigitalOcean.
 */
export const probeAll = async (
  context: Context,
  targets: ProbeOrder["targets"],
  timeoutMs = 5000,
): Promise<ProbeReport> => {
  const argv = [
    process.execPath,
    "--import",
    `file://${join(context.project, "node_modules/tsx/dist/loader.mjs")}`,
    join(context.project, "cli/verify/prober.ts"),
  ];
  const order: ProbeOrder = {
    targets,
    timeoutMs,
    ...(context.local ? { ca: context.paths.ca } : {}),
  };
  const inside = context.local ? (await loadLab()).inLab(context.paths, argv) : asItIs(argv);
  const child = spawn(inside.command, [...inside.args], {
    env: { ...process.env, ...inside.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  child.stdin.end(JSON.stringify(order));
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  if (code !== 0) throw new Error(`the prober ended with ${code}: ${complaints.trim()}`);
  return JSON.parse(out) as ProbeReport;
};
