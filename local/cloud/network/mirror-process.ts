import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { hostEnvironment } from "../host/environment";
import { nodeCommand } from "../lab/node-command";
import { HOST_NETNS_FD, HOST_NETNS_KEPT, mirrorSocket } from "../lab/processes";
import type { LabPaths } from "../paths";
import { type Helper, supervise } from "../supervise";

const PROGRAM = join(__dirname, "mirror-proxy.ts");

/**
 * The host's network: as whoever started the daemon left it open, or that of the first process
 * where it was started by hand.
 */
const hostNetns = (): { readonly file: string; readonly fd?: number } =>
  process.env[HOST_NETNS_KEPT] === undefined
    ? { file: "/proc/1/ns/net" }
    : { file: `/proc/self/fd/${HOST_NETNS_FD}`, fd: HOST_NETNS_FD };

/** It ends with this process, so that a new daemon begins with one of its own. */
const start = async (paths: LabPaths): Promise<ChildProcess> => {
  const socket = mirrorSocket(paths);
  const netns = hostNetns();
  await rm(socket, { force: true });
  return spawn(
    "setpriv",
    [
      "--pdeathsig",
      "KILL",
      "nsenter",
      `--net=${netns.file}`,
      ...nodeCommand(PROGRAM, "--socket", socket, "--cache", join(paths.cache, "packages")),
    ],
    {
      cwd: "/",
      env: hostEnvironment(),
      stdio: ["ignore", "inherit", "inherit", ...(netns.fd === undefined ? [] : [netns.fd])],
    },
  );
};

/**
 * The way to the Debian mirror for machines: in the host's network, reached over its socket only.
 */
export const keepMirror = (paths: LabPaths, log: (line: string) => void): Helper =>
  supervise({ name: "package mirror", start: () => start(paths), log });
