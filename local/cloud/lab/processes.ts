import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { exists, unlessGone } from "../files";
import { hostEnvironment } from "../host/environment";
import { hostHierarchies, makeGroup } from "../machines/cgroups";
import { netnsFile } from "../network/namespaces";
import type { LabPaths } from "../paths";
import { nodeCommand } from "./node-command";

/** The group of everything of ours that isn't a machine: daemon, ACME server, mirror proxy. */
export const HELPERS_GROUP = "helpers";

const ISLAND = join(__dirname, "..");
const DAEMON = join(ISLAND, "main.ts");
const HOST_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

export const mirrorSocket = (paths: LabPaths): string =>
  paths.socket.replace(/\.sock$/, "-mirror.sock");
export const daemonLock = (paths: LabPaths): string => join(paths.state, "cloud", "daemon.lock");

/**
 * What a program that we start has open of ours besides its output: the host's network, which the
 * daemon itself has left.
 */
export const HOST_NETNS_FD = 3;
/** Tells it so. */
export const HOST_NETNS_KEPT = "LAB_HOST_NETNS_KEPT";

/**
 * Joins the groups it is told of, then becomes the program. What else the caller had open (a lock,
 * as `exec 200>LOCK; flock 200` holds it) is closed: Node closes the lowest few only, and the
 * program outlives its caller. Bash, since other shells know no handle above 9.
 */
const JOIN_SCRIPT = `
for group in $HELPER_GROUPS; do echo $$ >"$group/cgroup.procs" || exit 99; done
unset HELPER_GROUPS
for handle in /dev/fd/*; do
  handle=\${handle##*/}
  [ "$handle" -gt ${HOST_NETNS_FD} ] && eval "exec $handle>&-"
done 2>/dev/null
exec "$@"`;

/**
 * A program that outlives us, its output appended to the cloud's log. Resolves with its process id,
 * which stays the same to its end.
 */
const launch = async (
  paths: LabPaths,
  argv: readonly string[],
  groups: readonly string[],
): Promise<number> => {
  await mkdir(dirname(paths.log), { recursive: true });
  const log = await open(paths.log, "a", 0o600);
  const netns = await unlessGone(open("/proc/self/ns/net"), undefined);
  try {
    const trusted = (await exists(HOST_BUNDLE)) ? { NODE_EXTRA_CA_CERTS: HOST_BUNDLE } : {};
    const child = spawn("bash", ["-c", JOIN_SCRIPT, "bash", ...argv], {
      detached: true,
      cwd: "/",
      stdio: ["ignore", log.fd, log.fd, ...(netns === undefined ? [] : [netns.fd])],
      env: {
        ...trusted,
        ...hostEnvironment(),
        ...(netns === undefined ? {} : { [HOST_NETNS_KEPT]: "yes" }),
        HELPER_GROUPS: groups.join(" "),
      },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    return child.pid!;
  } finally {
    await log.close();
    await netns?.close();
  }
};

export const helperGroups = async (paths: LabPaths): Promise<string[]> =>
  makeGroup(await hostHierarchies(), paths.id, HELPERS_GROUP);

/**
 * Starts the daemon, unless another one holds the state: then it ends at once, with exit code 1.
 */
export const launchDaemon = async (
  paths: LabPaths,
  options: { machines: boolean; pace: "host" | "real" },
): Promise<number> => {
  const serve = nodeCommand(
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

/**
 * Whether a command line, as `ps` shows it, is the daemon of this state, whichever copy of the
 * program it was started from.
 */
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
