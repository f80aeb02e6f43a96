import { PATHS } from "@second-server/contract/paths";

/** What the watcher says to the primary: a word that the other side's forced command knows. */
export const peer = (command: string): readonly string[] => [
  "ssh",
  "-F",
  PATHS.sshConfig,
  "peer",
  command,
];
/** More characters than any answer of an honest primary. */
export const ANSWER_LIMIT = 1024 * 1024;
