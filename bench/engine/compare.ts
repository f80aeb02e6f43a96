/**
 * The embedded engine beside the `pulumi` CLI on a fleet that stands: `up` with nothing to do, and
 * `preview`, each as a command started anew, the engines taking turns.
 *
 *   ./fleet up && node --import tsx bench/engine/compare.ts [--state DIR] [--runs 5]
 *
 * Wants `pulumi` and its plugins on PATH; without them it measures the embedded engine alone. CPU:
 * user and system seconds of the command with all its processes.
 */
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";

import { contextOf } from "../../cli/context";
import { type EngineName, chooseEngine, engineCommand } from "../../cli/engine/spawn";

interface Sample {
  readonly wall: number;
  readonly cpu: number;
}

const OPERATIONS = {
  "up, nothing to do": ["up", "--yes", "--skip-preview"],
  "preview, nothing to do": ["preview"],
} as const;

/** GNU and BSD `time -p` agree on the last three lines. */
const timed = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Sample> => {
  const child = spawn(
    "bash",
    ["-c", 'TIMEFORMAT="real %R user %U sys %S"; time "$@"', "time", command, ...args],
    { env, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [, real, user, sys] = /real ([\d.]+) user ([\d.]+) sys ([\d.]+)\s*$/.exec(said) ?? [];
  if (code !== 0 || real === undefined)
    throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${said}`);
  if (!/\d+ unchanged/.test(said) || /to (create|update|replace|delete)/.test(said))
    throw new Error(`there was something to do, so this would not be a no-op:\n${said}`);
  return { wall: Number(real), cpu: Number(user) + Number(sys) };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const main = async (): Promise<void> => {
  const {
    values: { state, runs },
  } = parseArgs({ options: { state: { type: "string" }, runs: { type: "string", default: "5" } } });
  const context = contextOf(state === undefined ? {} : { state });
  const engines: EngineName[] =
    chooseEngine(undefined) === "pulumi" ? ["pulumi", "embedded"] : ["embedded"];
  for (const [title, args] of Object.entries(OPERATIONS)) {
    const samples = new Map<EngineName, Sample[]>(engines.map((engine) => [engine, []]));
    for (let run = 0; run <= Number(runs); run++) {
      for (const engine of engines) {
        const { command, args: all, env } = await engineCommand(context, engine, args);
        const sample = await timed(command, all, env);
        // The first of each fills the caches.
        if (run > 0) samples.get(engine)!.push(sample);
      }
    }
    const of = (engine: EngineName, what: keyof Sample): number =>
      median(samples.get(engine)!.map((sample) => sample[what]));
    const line = engines
      .map(
        (engine) =>
          `${engine} ${of(engine, "wall").toFixed(2)} s wall, ${of(engine, "cpu").toFixed(2)} s CPU`,
      )
      .join("; ");
    const ratio =
      engines.length === 2
        ? `; embedded / pulumi ${(of("embedded", "wall") / of("pulumi", "wall")).toFixed(2)} ` +
          `wall, ${(of("embedded", "cpu") / of("pulumi", "cpu")).toFixed(2)} CPU`
        : "";
    process.stdout.write(
      `${title}: ${line}${ratio} (median of ${runs}, load ${loadavg()[0]!.toFixed(1)})\n`,
    );
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`bench/engine: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
