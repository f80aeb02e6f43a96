import { execFile, spawn } from "node:child_process";
import { hostname, userInfo } from "node:os";

import { PATHS } from "@second-server/contract/paths";
import { isRole, type Role, ROLES } from "@second-server/contract/roles";

import type { Context } from "../context";
import { cannotRun, failed } from "../errors";
import { loadLab } from "../lab";
import { asItIs, runInherited } from "../run";
import { ensureAccess } from "./keys";

/** A machine, or the primary that is being made beside the one that serves. */
export type SshHost = Role | "prepared";

export const machineOf = (name: string): Role => {
  if (isRole(name)) return name;
  throw cannotRun(`fleet: there is no machine "${name}". Say ${ROLES.join(" or ")}.`);
};

/** One word of a command line for the shell at the other end. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

const argvOf = async (
  context: Context,
  machine: SshHost,
  options: readonly string[],
  command: readonly string[],
): Promise<{ command: string; args: readonly string[]; env: Readonly<Record<string, string>> }> => {
  const { configFile } = await ensureAccess(context);
  const argv = [
    "ssh",
    "-F",
    configFile,
    ...options,
    machine,
    ...(command.length > 0 ? ["--", ...command] : []),
  ];
  return context.local ? (await loadLab()).inLab(context.paths, argv) : asItIs(argv);
};

/** How a command line on a machine is started from here, without ever asking anything. */
export const sshArgv = (
  context: Context,
  machine: SshHost,
  command: readonly string[],
): ReturnType<typeof argvOf> => argvOf(context, machine, ["-o", "BatchMode=yes"], command);

/** A shell, or one command, with this terminal; resolves with its exit code. */
export const sshInherited = async (
  context: Context,
  machine: SshHost,
  command: readonly string[],
): Promise<number> => {
  const { command: program, args, env } = await argvOf(context, machine, [], command);
  return await runInherited(program, args, env);
};

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Who is at work, as far as this machine knows. */
const worker = (): string => `${userInfo().username}@${hostname()}`.replace(/[^\w.@-]/g, "_");

/** A word that the first line of the input says, for what is known once the connection stands. */
export const FIRST_LINE = '"$first"';

/** The words by which a machine's agent is asked as root; it writes down who has asked. */
export const agentWords = (words: readonly string[]): readonly string[] => [
  ...(words.includes(FIRST_LINE) ? ["read -r first && exec"] : []),
  "sudo",
  `FLEET_BY=${worker()}`,
  PATHS.agent,
  ...words.map((word) => (word === FIRST_LINE ? word : quoted(word))),
];

export interface AgentInput {
  /** On its standard input; it is made while the connection is. */
  readonly input?: () => Promise<Buffer>;
  readonly isCaptured?: boolean;
}

/**
 * The primary's agent, with this terminal, or with `input` on its standard input; resolves with its
 * exit code and, where `isCaptured`, what it said.
 */
export const askAgent = async (
  context: Context,
  words: readonly string[],
  { input, isCaptured = false }: AgentInput = {},
): Promise<{ readonly code: number; readonly said: string; readonly complaint: string }> => {
  const isTerminal = input === undefined && !isCaptured && process.stdin.isTTY;
  const {
    command: program,
    args,
    env,
  } = await argvOf(context, "primary", isTerminal ? ["-t"] : [], agentWords(words));
  const child = spawn(program, [...args], {
    env: { ...process.env, ...env },
    stdio: [input === undefined ? "inherit" : "pipe", "pipe", "pipe"],
  });
  let [said, complaint] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    if (!isCaptured) process.stdout.write(chunk);
    said += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    if (!isCaptured) process.stderr.write(chunk);
    complaint += chunk.toString();
  });
  // An agent that refuses ends before it has read all.
  child.stdin?.on("error", () => undefined);
  const given = (async (): Promise<void> => {
    try {
      child.stdin?.end(await input?.());
    } catch (error) {
      // Nothing has been asked yet, and nothing is.
      child.stdin?.end();
      throw error;
    }
  })();
  return await new Promise((resolve, reject) => {
    given.catch(reject);
    child.once("error", (error) =>
      reject(failed(`fleet: ${program} can't be started: ${error.message}`)),
    );
    child.once("close", (code) =>
      code === 2 && complaint.startsWith("usage: fleet-agent")
        ? reject(
            failed(
              `fleet: the primary's agent is of an earlier version and can't "${words[0]}" yet. Run: ./fleet up`,
            ),
          )
        : resolve({ code: code ?? 1, said, complaint }),
    );
  });
};

/**
 * Runs one command line on a machine and returns its output; rejects with its complaint. Never asks
 * anything.
 */
export const sshCapture = async (
  context: Context,
  machine: SshHost,
  command: readonly string[],
): Promise<string> => {
  const {
    command: program,
    args,
    env,
  } = await argvOf(context, machine, ["-o", "BatchMode=yes"], command);
  return await new Promise((resolve, reject) => {
    execFile(
      program,
      [...args],
      { env: { ...process.env, ...env }, maxBuffer: 16 << 20 },
      (error, stdout, stderr) => {
        if (error)
          reject(new Error(`${machine}: ${command.join(" ")}: ${stderr.trim() || error.message}`));
        else resolve(stdout);
      },
    );
  });
};
