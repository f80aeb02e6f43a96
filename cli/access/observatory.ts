import { MONITOR_PROGRAM, PATHS } from "@second-server/contract/paths";

import type { Context } from "../context";
import { sshInherited } from "./ssh";

/**
 * The command line, for a machine's shell, that starts the monitor's program with these settings.
 */
export const monitorCommand = (words: readonly string[], settings: string): readonly string[] => [
  "sudo",
  "node",
  MONITOR_PROGRAM,
  ...words.map((word) => `'${word.replaceAll("'", "'\\''")}'`),
  "--config",
  settings,
];

/** The one, for the watcher's shell, that asks the running Observatory something. */
export const observatoryCommand = (words: readonly string[]): readonly string[] =>
  monitorCommand(words, PATHS.observatorySettings);

/**
 * Asks the running Observatory on the watcher, as root there: its signing key is not for everyone.
 * Resolves with the exit code.
 */
export const askObservatory = (context: Context, words: readonly string[]): Promise<number> =>
  sshInherited(context, "watcher", observatoryCommand(words));
