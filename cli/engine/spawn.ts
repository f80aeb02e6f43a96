import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

import { LENT_TOKEN } from "../../config/lent-token";
import { diagnosing } from "../access/dial-diagnosis";
import type { Context } from "../context";
import { cannotRun } from "../errors";
import { lentToken } from "../failover-token";
import { loadLab } from "../lab";
import type { Reporter } from "../progress/reporter";
import { asItIs, runInherited } from "../run";
import { type EngineResult, follow } from "./follow";
import { liftDeadLocks } from "./stale-locks";

export type EngineName = "embedded" | "pulumi";

const onPath = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return statSync(join(folder, program)).isFile();
    } catch {
      return false;
    }
  });

/**
 * The `pulumi` CLI where it is on PATH, else the embedded engine; both keep the same state, so
 * either may go on with the other's.
 */
export const chooseEngine = (
  asked: string | undefined,
  installed: boolean = onPath("pulumi"),
): EngineName => {
  if (asked === undefined) return installed ? "pulumi" : "embedded";
  if (asked !== "embedded" && asked !== "pulumi")
    throw cannotRun(
      `fleet: --engine ${asked}: there is no such engine. Choose "embedded" or "pulumi".`,
    );
  if (asked === "pulumi" && !installed)
    throw cannotRun(
      "fleet: --engine pulumi: no `pulumi` on PATH. Install it (https://www.pulumi.com/docs/install/) or use --engine embedded.",
    );
  return asked;
};

const embedded = (context: Context): readonly string[] => [
  process.execPath,
  "--require",
  join(context.project, "node_modules/tsx/dist/cjs/index.cjs"),
  require.resolve("@second-server/engine/main"),
];

/**
 * How to start the engine with these arguments: argv and environment, inside the lab's network when
 * it is up.
 */
export const engineCommand = async (
  context: Context,
  engine: EngineName,
  args: readonly string[],
): Promise<{ command: string; args: readonly string[]; env: NodeJS.ProcessEnv }> => {
  const argv = [
    ...(engine === "pulumi" ? ["pulumi"] : embedded(context)),
    ...args,
    "--cwd",
    context.project,
    "--stack",
    context.stack,
  ];
  mkdirSync(context.paths.state, { recursive: true, mode: 0o700 });
  const backend = {
    PULUMI_BACKEND_URL: `file://${context.paths.state}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  if (!context.local) return { ...asItIs(argv), env: { ...backend, ...process.env } };
  const lab = await loadLab();
  const status = await lab.status(context.paths);
  // The local stack's secrets are worth nothing elsewhere and its state folder is root's alone: a
  // fixed passphrase keeps `up` free of questions.
  const env = {
    ...process.env,
    ...backend,
    PULUMI_CONFIG_PASSPHRASE: "local",
    // Where nothing runs there is nothing to be opened, but the provider asks for one.
    DIGITALOCEAN_TOKEN: status.token ?? "local",
    [LENT_TOKEN]: lentToken(context) ?? "local",
    ...(status.running ? { DIGITALOCEAN_API_URL: status.api } : {}),
  };
  if (!status.running || !status.machines) return { ...asItIs(argv), env };
  const inside = lab.inLab(context.paths, argv);
  return { command: inside.command, args: inside.args, env: { ...env, ...inside.env } };
};

/** Unlike the embedded engine, the CLI wants a stack to be made before its first use. */
const ensureStack = async (context: Context, engine: EngineName): Promise<void> => {
  if (engine !== "pulumi") return;
  const { command, args, env } = await engineCommand(context, engine, [
    "stack",
    "select",
    "--create",
  ]);
  const code = await runInherited(command, args, env, "ignore");
  if (code !== 0)
    throw cannotRun(
      `fleet: \`pulumi stack select --create --stack ${context.stack}\` ended with ${code}. Run it by hand to see why (PULUMI_BACKEND_URL=file://${context.paths.state}).`,
    );
};

/** Runs up, destroy or refresh to its end, showing its events. */
export const runEngine = async (
  context: Context,
  engine: EngineName,
  args: readonly string[],
  reporter: Reporter,
): Promise<EngineResult> => {
  await ensureStack(context, engine);
  for (const pid of liftDeadLocks(context))
    reporter.say(`Taking over from a run that was killed (process ${pid}).`);
  const { command, args: rest, env } = await engineCommand(context, engine, [...args, "--json"]);
  return await follow(command, rest, env, diagnosing(context, reporter));
};

/**
 * Runs the engine with this terminal as its own (preview, cancel, output…); resolves with its exit
 * code.
 */
export const passThrough = async (
  context: Context,
  engine: EngineName,
  args: readonly string[],
): Promise<number> => {
  await ensureStack(context, engine);
  const { command, args: rest, env } = await engineCommand(context, engine, args);
  return await runInherited(command, rest, env);
};
