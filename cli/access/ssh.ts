import { execFile } from "node:child_process";

import { isRole, type Role, ROLES } from "@second-server/contract/roles";

import type { Context } from "../context";
import { cannotRun } from "../errors";
import { loadLab } from "../lab";
import { runInherited } from "../run";
import { ensureAccess } from "./keys";

export const machineOf = (name: string): Role => {
  if (isRole(name)) return name;
  throw cannotRun(`fleet: there is no machine "${name}". Say ${ROLES.join(" or ")}.`);
};

/** One word of a command line for the shell at the other end. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

const argvOf = async (
  context: Context,
  machine: Role,
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
  return context.local
    ? (await loadLab()).inLab(context.paths, argv)
    : { command: argv[0]!, args: argv.slice(1), env: {} };
};

/** How a command line on a machine is started from here, without ever asking anything. */
export const sshArgv = (
  context: Context,
  machine: Role,
  command: readonly string[],
): ReturnType<typeof argvOf> => argvOf(context, machine, ["-o", "BatchMode=yes"], command);

/** A shell, or one command, with this terminal; resolves with its exit code. */
export const sshInherited = async (
  context: Context,
  machine: Role,
  command: readonly string[],
): Promise<number> => {
  const { command: program, args, env } = await argvOf(context, machine, [], command);
  return await runInherited(program, args, env);
};

/**
 * Runs one command line on a machine and returns its output; rejects with its complaint. Never asks
 * anything.
 */
export const sshCapture = async (
  context: Context,
  machine: Role,
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
