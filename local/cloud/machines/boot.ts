import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";

import { machineNetns } from "../network/addresses";
import { netnsFile } from "../network/namespaces";
import { handDown, isPopulated, makeGroup, unifiedPath, type Hierarchies } from "./cgroups";
import { groupOf, insideGroup, supervisorGroups } from "./machine-groups";

/** What runs a machine and boots it again, see there. */
export const SUPERVISOR_SCRIPT = join(__dirname, "supervise-machine.sh");

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

/** In --bind, a colon begins the name inside. */
const bindable = (path: string): string => path.replaceAll(/[\\:]/g, "\\$&");

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
  ...files.map(({ file, inside }) => `--bind-ro=${bindable(file)}:${inside}`),
  // Passed on to PID 1: the console shows the boot, as DigitalOcean's does.
  "--",
  "--show-status=1",
];

/**
 * Starts the machine; its disk is mounted and its links are plugged in. Resolves when its
 * supervisor runs.
 */
export const boot = async (options: BootOptions): Promise<void> => {
  const { host, lab, dropletId } = options;
  await makeGroup(host, lab, groupOf(dropletId));
  // So that the machine's own systemd can limit its services.
  await handDown(unifiedPath(host, lab, groupOf(dropletId)));
  const [box, supervisors] = [
    insideGroup(host, lab, dropletId),
    supervisorGroups(host, lab, dropletId),
  ];
  for (const folder of [box, ...supervisors]) await mkdir(folder, { recursive: true });
  // Handed over as a text: a file that is edited while machines run would be another script to
  // them.
  const script = await readFile(SUPERVISOR_SCRIPT, "utf8");
  const log = await open(options.consoleLog, "a", 0o600);
  try {
    const child = spawn("sh", ["-c", script, "sh", ...nspawn(options)], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
        SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network",
        SUPERVISOR_GROUPS: supervisors.join(" "),
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
