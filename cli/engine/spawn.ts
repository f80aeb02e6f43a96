import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Context } from "../context";
import { cannotRun } from "../errors";
import { loadLab } from "../lab";
import type { Reporter } from "../progress/reporter";
import { runInherited } from "../run";
import { type EngineEvent, engineView } from "./events";

export type EngineName = "embedded" | "pulumi";

const onPath = (program: string): boolean => (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
  try { accessSync(join(folder, program), constants.X_OK); return statSync(join(folder, program)).isFile(); } catch { return false; }
});

/** The `pulumi` CLI where it is on PATH, else the embedded engine; both keep the same state, so either may go on with the other's. */
export const chooseEngine = (asked: string | undefined, installed: boolean = onPath("pulumi")): EngineName => {
  if (asked === undefined) return installed ? "pulumi" : "embedded";
  if (asked !== "embedded" && asked !== "pulumi") throw cannotRun(`fleet: --engine ${asked}: there is no such engine. Choose "embedded" or "pulumi".`);
  if (asked === "pulumi" && !installed) throw cannotRun("fleet: --engine pulumi: no `pulumi` on PATH. Install it (https://www.pulumi.com/docs/install/) or use --engine embedded.");
  return asked;
};

const embedded = (context: Context): readonly string[] => [
  process.execPath, "--import", `file://${join(context.project, "node_modules/tsx/dist/loader.mjs")}`, join(context.project, "local/engine/main.ts"),
];

/** How to start the engine with these arguments: argv and environment, inside the lab's network when it is up. */
export const engineCommand = async (context: Context, engine: EngineName, args: readonly string[]): Promise<{ command: string; args: readonly string[]; env: NodeJS.ProcessEnv }> => {
  const argv = [...(engine === "pulumi" ? ["pulumi"] : embedded(context)), ...args, "--cwd", context.project, "--stack", context.stack];
  mkdirSync(context.paths.state, { recursive: true, mode: 0o700 });
  const backend = { PULUMI_BACKEND_URL: `file://${context.paths.state}`, PULUMI_SKIP_UPDATE_CHECK: "true" };
  if (!context.local) return { command: argv[0]!, args: argv.slice(1), env: { ...backend, ...process.env } };
  const lab = await loadLab();
  const status = await lab.status(context.paths);
  // The local stack's secrets are worth nothing elsewhere and its state folder is root's alone: a fixed passphrase keeps `up` free of questions.
  const env = { ...process.env, ...backend, PULUMI_CONFIG_PASSPHRASE: "local", DIGITALOCEAN_TOKEN: "local", ...(status.running ? { DIGITALOCEAN_API_URL: status.api } : {}) };
  if (!status.running || !status.machines) return { command: argv[0]!, args: argv.slice(1), env };
  const inside = lab.inLab(context.paths, argv);
  return { command: inside.command, args: inside.args, env: { ...env, ...inside.env } };
};

export interface EngineResult {
  readonly exitCode: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly seconds: number;
}

/** Ctrl-C reaches the engine once and it finishes its running steps; the second one stops it at once. Returns what undoes the handlers. */
const passInterrupts = (child: ChildProcess, reporter: Reporter): (() => void) => {
  let count = 0;
  const interrupt = (): void => {
    count += 1;
    if (count === 1) reporter.say("Interrupted: the running steps are finished and recorded, then it stops. Once more stops at once.");
    child.kill(count === 1 ? "SIGINT" : "SIGKILL");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return () => { process.off("SIGINT", interrupt); process.off("SIGTERM", interrupt); };
};

const parse = (line: string): EngineEvent | null => {
  try { return JSON.parse(line) as EngineEvent; } catch { return null; }
};

/** Runs up, destroy or refresh to its end, showing its events. */
export const runEngine = async (context: Context, engine: EngineName, args: readonly string[], reporter: Reporter): Promise<EngineResult> => {
  const { command, args: rest, env } = await engineCommand(context, engine, [...args, "--json"]);
  const started = Date.now();
  const view = engineView(Date.now);
  // A session of its own: the terminal's Ctrl-C must reach the engine once, through us, not a second time by the terminal.
  const child = spawn(command, [...rest], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const release = passInterrupts(child, reporter);
  const complaints: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on("line", (line) => {
    const event = parse(line);
    if (event === null) { if (line.trim() !== "") complaints.push(line); return; }
    reporter.event({ type: "engine", event });
    for (const change of view.feed(event)) {
      if (change.kind === "running") reporter.running(change.key, change.label, change.detail);
      else if (change.kind === "done") reporter.done(change.key, change.label, change.seconds, change);
      else reporter.say(`${change.severity}: ${change.text}`);
    }
  });
  createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 130)));
    });
    // What is not an event (a wrong passphrase, a lock, a crash) is told only on failure: Node's and Pulumi's warnings are noise.
    const errors = exitCode === 0 || view.errors.length > 0 ? view.errors : complaints.slice(-20);
    return { exitCode, changes: view.changes, errors, seconds: (Date.now() - started) / 1000 };
  } finally {
    release();
  }
};

/** Runs the engine with this terminal as its own (preview, cancel, output…); resolves with its exit code. */
export const passThrough = async (context: Context, engine: EngineName, args: readonly string[]): Promise<number> => {
  const { command, args: rest, env } = await engineCommand(context, engine, args);
  return await runInherited(command, rest, env);
};
