import { spawn } from "node:child_process";

import { failed } from "./errors";

/** A command line as it is started here, by no other program. */
export const asItIs = ([command = "", ...args]: readonly string[]): {
  command: string;
  args: string[];
  env: Record<string, string>;
} => ({ command, args, env: {} });

/**
 * Gives a command this terminal; Ctrl-C is the command's to handle. Resolves with its exit code
 * (128 + signal when one ended it).
 */
export const runInherited = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: "inherit" | "ignore" = "inherit",
): Promise<number> => {
  const child = spawn(command, [...args], {
    env: { ...process.env, ...env },
    stdio: ["inherit", output, output],
  });
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (error) =>
        reject(failed(`fleet: ${command} can't be started: ${error.message}`)),
      );
      child.once("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
    });
  } finally {
    process.off("SIGINT", ignore);
  }
};
