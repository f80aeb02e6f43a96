import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

import { machineNetns } from "../network/addresses";
import { netnsFile } from "../network/namespaces";
import {
  groupFolders,
  handDown,
  isPopulated,
  makeGroup,
  unifiedPath,
  type Hierarchies,
} from "./cgroups";

export const groupOf = (dropletId: number): string => `m${dropletId}`;

/** The part of a machine's group that its own processes are in; the keeper beside it survives a freeze. */
export const insideGroup = (host: Hierarchies, lab: string, dropletId: number): string =>
  join(unifiedPath(host, lab, groupOf(dropletId)), "box");
/** Where the keeper, and what is run in the machine from outside, has to be: beside the box on cgroup2, in the machine's group elsewhere. */
export const keeperGroups = (host: Hierarchies, lab: string, dropletId: number): string[] =>
  groupFolders(host, lab, groupOf(dropletId)).map((folder) =>
    folder === unifiedPath(host, lab, groupOf(dropletId)) ? join(folder, "keeper") : folder,
  );

/**
 * Keeps one machine running for as long as it wants to: exit status 133 is its reboot. A process of its own, so machines
 * outlive the daemon; not inside the machine's own group on cgroup2, where nspawn needs the group for itself.
 */
export const KEEPER_SCRIPT = `
for group in $KEEPER_GROUPS; do echo $$ >"$group/cgroup.procs" || exit 99; done
while :; do
  # A boot of its own begins at 0: a time namespace, where the kernel has one. Outside of the box, where nspawn has to be alone.
  since=; [ -e /proc/self/ns/time ] && since="unshare --time --boottime -$(cut -d. -f1 /proc/uptime) --fork"
  $since sh -c 'echo $$ >"$BOX/cgroup.procs" && unset BOX KEEPER_GROUPS NETNS && exec "$@"' sh "$@"
  [ $? = 133 ] || exit
  # The groups that nspawn has made in the box have its controllers, and a group that hands controllers down takes no process: the next boot needs a new one.
  tries=0; while [ -e "$BOX" ] && [ $tries -lt 100 ]; do find "$BOX" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1; tries=$((tries + 1)); done
  mkdir -p "$BOX"
  ip -n "$NETNS" link set eth0 down; ip -n "$NETNS" addr flush dev eth0
  ip -n "$NETNS" link set eth1 down; ip -n "$NETNS" addr flush dev eth1
done`;

export interface BootOptions {
  readonly host: Hierarchies;
  readonly lab: string;
  readonly dropletId: number;
  readonly hostname: string;
  readonly root: string;
  readonly consoleLog: string;
  /** The host's block devices and their names inside. */
  readonly devices: readonly { readonly device: string; readonly inside: readonly string[] }[];
  /** Files of the host that the machine may read, by their names inside. */
  readonly files: readonly { readonly file: string; readonly inside: string }[];
}

const nspawn = ({ lab, dropletId, hostname, root, devices, files }: BootOptions): string[] => [
  "systemd-nspawn",
  "--quiet",
  "--register=no",
  "--keep-unit",
  `--directory=${root}`,
  "--boot",
  "--console=read-only",
  `--machine=${machineNetns(lab, dropletId)}`,
  `--hostname=${hostname}`,
  `--network-namespace-path=${netnsFile(machineNetns(lab, dropletId))}`,
  "--capability=CAP_NET_ADMIN,CAP_SYS_ADMIN",
  "--resolv-conf=off",
  "--timezone=off",
  "--link-journal=no",
  ...devices.flatMap(({ device, inside }) => inside.map((name) => `--bind=${device}:${name}`)),
  ...files.map(({ file, inside }) => `--bind-ro=${file}:${inside}`),
  // Passed on to PID 1: the console shows the boot, as DigitalOcean's does.
  "--",
  "--show-status=1",
];

/** Starts the machine; its disk is mounted and its links are plugged in. Resolves when the keeper runs. */
export const boot = async (options: BootOptions): Promise<void> => {
  const { host, lab, dropletId } = options;
  await makeGroup(host, lab, groupOf(dropletId));
  // So that the machine's own systemd can limit its services.
  await handDown(unifiedPath(host, lab, groupOf(dropletId)));
  const [box, keepers] = [insideGroup(host, lab, dropletId), keeperGroups(host, lab, dropletId)];
  for (const folder of [box, ...keepers]) await mkdir(folder, { recursive: true });
  const log = await open(options.consoleLog, "a", 0o600);
  try {
    const child = spawn("sh", ["-c", KEEPER_SCRIPT, "sh", ...nspawn(options)], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
        SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network",
        KEEPER_GROUPS: keepers.join(" "),
        BOX: box,
        NETNS: machineNetns(lab, dropletId),
      },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    while (
      child.exitCode === null &&
      child.signalCode === null &&
      !(await isPopulated(host, lab, groupOf(dropletId)))
    )
      await new Promise((resolve) => setTimeout(resolve, 2));
    child.unref();
  } finally {
    await log.close();
  }
};

/** Whether sshd has said its name. Has to run in the router's namespace. */
export const sshAnswersAt = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
  });

/** Resolves with true when sshd has answered, false after the deadline or when `alive` says no. */
export const waitForSsh = async (
  answers: () => Promise<boolean>,
  milliseconds: number,
  alive: () => Promise<boolean>,
): Promise<boolean> => {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    if (await answers()) return true;
    if (!(await alive())) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};
