import { access, readFile, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { attempt, run, systemPath } from "./machines/run";
import { type LabPaths, labPaths } from "./paths";

/** What runs machines, by the Debian package that brings it. Packages without a program of their own are asked for by file. */
const needed: readonly {
  readonly package: string;
  readonly program?: string;
  readonly file?: string;
}[] = [
  { package: "mmdebstrap", program: "mmdebstrap" },
  { package: "debian-archive-keyring", file: "/usr/share/keyrings/debian-archive-keyring.gpg" },
  { package: "systemd-container", program: "systemd-nspawn" },
  { package: "squashfs-tools", program: "mksquashfs" },
  { package: "e2fsprogs", program: "mkfs.ext4" },
  { package: "xfsprogs", program: "xfs_io" },
  { package: "iproute2", program: "ip" },
  { package: "nftables", program: "nft" },
  { package: "conntrack", program: "conntrack" },
  { package: "iputils-ping", program: "ping" },
  { package: "util-linux", program: "nsenter" },
  { package: "procps", program: "ps" },
  { package: "openssh-client", program: "ssh" },
  // What visits the services in the README: ./fleet net -- curl.
  { package: "curl", program: "curl" },
  { package: "openssl", program: "openssl" },
  { package: "ca-certificates", file: "/etc/ssl/certs/ca-certificates.crt" },
];

export interface HostProblem {
  readonly problem: string;
  readonly remedy: string;
}
export interface HostReport {
  /** Debian packages that are missing and can be installed. */
  readonly missingPackages: readonly string[];
  /** What no package can mend (not Linux, not root, a kernel feature). */
  readonly problems: readonly HostProblem[];
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const onPath = async (program: string): Promise<boolean> => {
  const folders = systemPath().split(":");
  return (await Promise.all(folders.map((folder) => exists(join(folder, program))))).some(Boolean);
};

const missingPackages = async (): Promise<string[]> => {
  const present = await Promise.all(
    needed.map(({ program, file }) => (program ? onPath(program) : exists(file!))),
  );
  return needed.filter((_, at) => !present[at]).map((entry) => entry.package);
};

const moduleOf: Readonly<Record<string, string>> = {
  overlay: "overlay",
  squashfs: "squashfs",
  ext4: "ext4",
};

const missingFilesystems = async (): Promise<string[]> => {
  const known = async (): Promise<Set<string>> =>
    new Set(
      (await readFile("/proc/filesystems", "utf8"))
        .split("\n")
        .map((line) => line.split("\t").pop()!),
    );
  const before = await known();
  // Absent from the list may only mean that its module is not loaded yet.
  if (await onPath("modprobe"))
    for (const [filesystem, name] of Object.entries(moduleOf))
      if (!before.has(filesystem)) await attempt(["modprobe", name]);
  const after = await known();
  return Object.keys(moduleOf).filter((filesystem) => !after.has(filesystem));
};

/** A container whose /dev is its own does not see the devices that the kernel makes after its start. */
export const loopProblem = async (nodes = "/dev"): Promise<HostProblem[]> => {
  const { code, stdout } = await attempt(["losetup", "--find"]);
  const name = basename(stdout.trim());
  if (code !== 0 || name === "" || (await exists(join(nodes, name)))) return [];
  return [
    {
      problem: `the free loop device ${name} has no node in ${nodes}`,
      remedy: `run it outside of the container, or give it the nodes: for n in $(seq 0 63); do mknod -m 660 /dev/loop$n b 7 $n; done`,
    },
  ];
};

const kernelProblems = async (): Promise<HostProblem[]> => {
  const problems: HostProblem[] = [];
  const missing = await missingFilesystems();
  if (missing.length)
    problems.push({
      problem: `the kernel has no ${missing.join(", ")}`,
      remedy: "use a kernel with these file systems, e.g. Debian's linux-image-amd64",
    });
  if (!(await exists("/dev/loop-control")))
    problems.push({
      problem: "there is no /dev/loop-control",
      remedy: "modprobe loop (in a container: give it the loop devices)",
    });
  else problems.push(...(await loopProblem()));
  if (!(await readFile("/proc/self/mountinfo", "utf8")).includes(" - cgroup2 "))
    problems.push({
      problem: "no cgroup2 hierarchy is mounted",
      remedy: "mount -t cgroup2 none /sys/fs/cgroup/unified (after mkdir)",
    });
  const namespace = await attempt(["unshare", "--net", "--mount", "--pid", "--fork", "true"]);
  if (namespace.code !== 0)
    problems.push({
      problem: `namespaces can't be made: ${namespace.stderr.trim()}`,
      remedy: "run it outside of the container, or in a privileged one",
    });
  return problems;
};

/** The image (0.1 GB, 0.5 GB while it is built), packages and two machines' disks. */
const NEEDED_BYTES = 2 * 1024 ** 3;

/** The part of a path that is there already, and so has a disk. */
const nearest = async (path: string): Promise<string> =>
  (await exists(path)) ? path : await nearest(dirname(path));

/** Where images and machines will lie, each asked for all of it: mostly it is one disk. */
export const spaceProblem = async (
  { state, cache }: LabPaths = labPaths(),
): Promise<HostProblem[]> => {
  for (const folder of [state, cache]) {
    const { bavail, bsize } = await statfs(await nearest(folder));
    const free = bavail * bsize;
    if (free < NEEDED_BYTES)
      return [
        {
          problem: `only ${(free / 1024 ** 3).toFixed(1)} GiB are free for ${folder}`,
          remedy:
            "free 2 GiB, or choose a disk that has them: --state for the state, XDG_CACHE_HOME for the cache",
        },
      ];
  }
  return [];
};

const vethProblem = async (): Promise<HostProblem[]> => {
  if (!(await onPath("ip"))) return [];
  const { code, stderr } = await attempt([
    "unshare",
    "--net",
    "ip",
    "link",
    "add",
    "probe",
    "type",
    "veth",
    "peer",
    "name",
    "probe-peer",
  ]);
  return code === 0
    ? []
    : [
        {
          problem: `the kernel can't make veth links: ${stderr.trim().split("\n")[0]}`,
          remedy: "use a kernel with veth, e.g. Debian's linux-image-amd64",
        },
      ];
};

const networkProblem = async (): Promise<HostProblem[]> => {
  if (!(await onPath("nft"))) return [];
  const rules = [
    "table inet probe {",
    "chain nat { type nat hook prerouting priority dstnat; }",
    "chain post { type nat hook postrouting priority srcnat; masquerade; }",
    "chain forward { type filter hook forward priority filter; ct state established accept; }",
    "}",
  ].join("\n");
  const { code, stderr } = await attempt(["unshare", "--net", "nft", "-f", "-"], { input: rules });
  return code === 0
    ? []
    : [
        {
          problem: `the kernel can't do what the local network needs of nftables: ${stderr.trim().split("\n")[0]}`,
          remedy: "use a kernel with nf_tables, nf_nat and nf_conntrack",
        },
      ];
};

/** What this host lacks to run machines. Changes nothing (but may load a kernel module). */
export const checkHost = async (paths?: LabPaths): Promise<HostReport> => {
  const elsewhere =
    "use ./fleet preview and the fast tests here; machines need Debian 12 or 13, x86-64, as root";
  if (process.platform !== "linux")
    return {
      missingPackages: [],
      problems: [{ problem: `this is ${process.platform}, not Linux`, remedy: elsewhere }],
    };
  const problems: HostProblem[] = [];
  if (process.arch !== "x64")
    problems.push({
      problem: `this is ${process.arch}; the base image is x86-64`,
      remedy: elsewhere,
    });
  if (process.getuid?.() !== 0)
    return {
      missingPackages: await missingPackages(),
      problems: [...problems, { problem: "not root", remedy: "run it as root (sudo)" }],
    };
  problems.push(
    ...(await kernelProblems()),
    ...(await networkProblem()),
    ...(await vethProblem()),
    ...(await spaceProblem(paths)),
  );
  const missing = await missingPackages();
  if (missing.length && !(await onPath("apt-get")))
    problems.push({
      problem: `missing programs, and no apt-get to install: ${missing.join(", ")}`,
      remedy: "install them by your distribution's means",
    });
  return { missingPackages: missing, problems };
};

/** Installs Debian packages. Rejects with apt's last words. */
export const installPackages = async (
  packages: readonly string[],
  progress: (event: { step: string; detail?: string; seconds?: number }) => void,
): Promise<void> => {
  if (packages.length === 0) return;
  const started = Date.now();
  const step = "packages";
  // needrestart (Ubuntu) would restart the host's own services.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
  const onLine = (line: string): void => {
    if (/^(Get:|Setting up |Processing triggers |Waiting for )/.test(line))
      progress({ step, detail: line.slice(0, 100) });
  };
  progress({ step, detail: packages.join(" ") });
  // One unreachable source of many, or the host's own daily update at the same moment: the lists that are there may do.
  const updated = await attempt(["apt-get", "-q", "update"], { env, onLine });
  try {
    await run(
      [
        "apt-get",
        "-q",
        "-y",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=300",
        "install",
        ...packages,
      ],
      { env, onLine },
    );
  } catch (error) {
    throw new Error(
      [
        (error as Error).message,
        ...(updated.code === 0
          ? []
          : [
              `apt-get update had failed before: ${updated.stderr.trim().split("\n").slice(-3).join(" / ")}`,
            ]),
      ].join("\n"),
    );
  }
  progress({ step, seconds: (Date.now() - started) / 1000 });
};
