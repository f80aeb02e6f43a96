import type { Context } from "../context";
import { sshInherited } from "./ssh";

const PROGRAM = "/opt/fleet/trees/monitor/current/monitor.js";

/** The command line, for the watcher's shell, that asks the running Observatory something. */
export const observatoryCommand = (words: readonly string[]): readonly string[] => [
  "sudo",
  "node",
  PROGRAM,
  ...words.map((word) => `'${word.replaceAll("'", "'\\''")}'`),
  "--config",
  "/etc/fleet/observatory.json",
];

/** Asks the running Observatory on the watcher, as root there: its signing key is not for everyone. Resolves with the exit code. */
export const askObservatory = (context: Context, words: readonly string[]): Promise<number> =>
  sshInherited(context, "watcher", observatoryCommand(words));
