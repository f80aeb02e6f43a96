import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { exists, unlessGone } from "../files";
import { hostHierarchies, makeGroup } from "../machines/cgroups";
import { systemPath } from "../machines/run";
import { netnsFile } from "../network/namespaces";
import type { LabPaths } from "../paths";

/** The group of everything of ours that isn't a machine: daemon, ACME server, mirror proxy. */
export const HELPERS_GROUP = "helpers";

const ISLAND = join(__dirname, "..");
const DAEMON = join(ISLAND, "main.ts");
const MIRROR_PROXY = join(ISLAND, "network", "mirror-proxy.ts");
const TSX = pathToFileURL(require.resolve("tsx")).href;
const HOST_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

export const mirrorSocket = (paths: LabPaths): string =>
  paths.socket.replace(/\.sock$/, "-mirror.sock");
export const daemonLock = (paths: LabPaths): string => join(paths.state, "cloud", "daemon.lock");

const node = (script: string, ...args: string[]): string[] => [
  process.execPath,
  "--import",
  TSX,
  script,
  ...args,
];

/** Joins the groups it is told of, then becomes the program. */
const JOIN_SCRIPT =
  'for group in $HELPER_GROUPS; do echo $$ >"$group/cgroup.procs" || exit 99; done; unset HELPER_GROUPS; exec "$@"';

/** A program that outlives us, its output appended to the cloud's log. Resolves with its process id, which stays the same to its end. */
const launch = async (
  paths: LabPaths,
  argv: readonly string[],
  groups: readonly string[],
): Promise<number> => {
  await mkdir(dirname(paths.log), { recursive: true });
  const log = await open(paths.log, "a", 0o600);
  try {
    const trusted = (await exists(HOST_BUNDLE))
      ? { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? HOST_BUNDLE }
      : {};
    const child = spawn("sh", ["-c", JOIN_SCRIPT, "sh", ...argv], {
      detached: true,
      cwd: "/",
      stdio: ["ignore", log.fd, log.fd],
      env: { ...process.env, ...trusted, PATH: systemPath(), HELPER_GROUPS: groups.join(" ") },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    return child.pid!;
  } finally {
    await log.close();
  }
};

export const helperGroups = async (paths: LabPaths): Promise<string[]> =>
  makeGroup(await hostHierarchies(), paths.id, HELPERS_GROUP);

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** The way to the Debian mirror for machines: in the host's network, reached over its socket only. */
export const ensureMirrorProxy = async (paths: LabPaths): Promise<void> => {
  const socket = mirrorSocket(paths);
  if (await answers(socket)) return;
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  await rm(socket, { force: true });
  await launch(
    paths,
    node(MIRROR_PROXY, "--socket", socket, "--cache", join(paths.cache, "packages")),
    await helperGroups(paths),
  );
};

/** Starts the daemon, unless another one holds the state: then it ends at once, with exit code 1. */
export const launchDaemon = async (
  paths: LabPaths,
  options: { machines: boolean; pace: "host" | "real" },
): Promise<number> => {
  const serve = node(
    DAEMON,
    "serve",
    "--state",
    paths.state,
    "--pace",
    options.pace,
    ...(options.machines ? [] : ["--no-machines"]),
  );
  if (!options.machines) return launch(paths, serve, []);
  return launch(
    paths,
    [
      "flock",
      "--exclusive",
      "--nonblock",
      "--no-fork",
      daemonLock(paths),
      "nsenter",
      `--net=${netnsFile(paths.routerNetns)}`,
      ...serve,
    ],
    await helperGroups(paths),
  );
};

/** Whether a command line, as `ps` shows it, is the daemon of this state, whichever copy of the program it was started from. */
export const isDaemonOf = (paths: LabPaths, command: string): boolean =>
  command.includes(`${join(basename(ISLAND), basename(DAEMON))} serve`) &&
  command.includes(paths.state);

/** Where there is no /proc, kill(0) says the same but for zombies. */
export const isAlive = async (pid: number): Promise<boolean> => {
  const status = await unlessGone(readFile(`/proc/${pid}/stat`, "utf8"), undefined);
  if (status !== undefined) return !/^\d+ \(.*\) [ZX]/.test(status);
  if (process.platform === "linux") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's (EPERM) is alive.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
};

export const lastWords = async (paths: LabPaths, lines: number): Promise<string> =>
  (await unlessGone(readFile(paths.log, "utf8"), ""))
    .trimEnd()
    .split("\n")
    .slice(-lines)
    .join("\n");
