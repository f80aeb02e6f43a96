import type { RunResult } from "../machines/run-program";
import { aptGet, isPassing } from "./apt";
import { exists, onPath } from "./on-path";

/**
 * What runs machines, by the Debian package that brings it. Packages without a program of their own
 * are asked for by file.
 */
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

export const missingPackages = async (): Promise<string[]> => {
  const present = await Promise.all(
    needed.map(({ program, file }) => (program ? onPath(program) : exists(file!))),
  );
  return needed.filter((_, at) => !present[at]).map((entry) => entry.package);
};

const lastWords = ({ stderr, stdout }: RunResult): string =>
  (stderr.trim() || stdout.trim()).split("\n").slice(-3).join(" / ");

/** Installs Debian packages, when no other apt is at work. Rejects with apt's last words. */
export const installPackages = async (
  packages: readonly string[],
  progress: (event: { step: string; detail?: string; seconds?: number }) => void,
): Promise<void> => {
  if (packages.length === 0) return;
  const started = Date.now();
  const step = "packages";
  const onLine = (line: string): void => {
    if (/^(Get:|Setting up |Processing triggers |Waiting for )/.test(line))
      progress({ step, detail: line.slice(0, 100) });
  };
  progress({ step, detail: packages.join(" ") });
  const install = async () => ({
    // One unreachable source of many: the lists that are there may do.
    updated: await aptGet(["update"], onLine),
    installed: await aptGet(["-y", "--no-install-recommends", "install", ...packages], onLine),
  });
  let { updated, installed } = await install();
  if (installed.code !== 0 && isPassing(installed)) {
    progress({ step, detail: "the mirror does not answer well; once more" });
    ({ updated, installed } = await install());
  }
  if (installed.code !== 0)
    throw new Error(
      [
        `apt-get install ${packages.join(" ")}: exit ${installed.code}: ${lastWords(installed)}`,
        ...(updated.code === 0 ? [] : [`apt-get update had failed before: ${lastWords(updated)}`]),
      ].join("\n"),
    );
  progress({ step, seconds: (Date.now() - started) / 1000 });
};
