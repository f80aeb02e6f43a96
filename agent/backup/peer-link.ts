import { PATHS } from "@second-server/contract/paths";
import { PEER_KEY } from "@second-server/contract/units";

/**
 * The way to the primary. In a unit that is not root, systemd shows the key in a folder of the
 * unit's own.
 */
export const sshOf = (environment: NodeJS.ProcessEnv = process.env): readonly string[] => {
  const folder = environment["CREDENTIALS_DIRECTORY"];
  return [
    "ssh",
    "-F",
    PATHS.sshConfig,
    ...(folder === undefined ? [] : ["-i", `${folder}/${PEER_KEY}`]),
  ];
};

/** What the watcher says to the primary: a word that the other side's forced command knows. */
export const peer = (command: string): readonly string[] => [...sshOf(), "peer", command];
/** More characters than any answer of an honest primary. */
export const ANSWER_LIMIT = 1024 * 1024;
/** How rsync names itself for the folder of live copies. */
export const LIVE_RSYNC = "rsync-live";
