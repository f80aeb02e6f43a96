import { createHash } from "node:crypto";

import type { DebianMirror } from "../../network/apt-sources";
import type { Argv } from "../run-program";

/**
 * What DigitalOcean's Debian 13 image brings, as far as a server's set-up can notice; nothing that
 * a fleet installs itself.
 */
const packages = [
  "systemd",
  "systemd-sysv",
  "systemd-resolved",
  "dbus",
  "udev",
  "libpam-systemd",
  "iproute2",
  "iputils-ping",
  "netbase",
  "openssh-server",
  "cloud-init",
  "python3",
  "python3-apt",
  "sudo",
  "curl",
  "wget",
  "ca-certificates",
  "cron",
  "rsync",
  "nftables",
  "ufw",
  "unattended-upgrades",
  "gnupg",
  "less",
  "nano",
  "procps",
  "kmod",
  "locales",
  "tzdata",
  "logrotate",
  "passwd",
  "apt-utils",
  "lsb-release",
  "bash-completion",
  "e2fsprogs",
  "xfsprogs",
  "openssl",
];

const aptOptions = [
  'Acquire::Check-Valid-Until "false"',
  'APT::Install-Recommends "false"',
  'Acquire::Languages "none"',
];
const dpkgOptions = [
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/info/*",
  "path-exclude=/usr/share/doc/*",
  "path-include=/usr/share/doc/*/copyright",
  "path-exclude=/usr/share/locale/*",
  "force-unsafe-io",
];

export interface ImageFile {
  readonly path: string;
  readonly text: string;
}

/** Files that make a plain Debian a DigitalOcean image. */
export const imageFiles: readonly ImageFile[] = [
  {
    path: "etc/cloud/cloud.cfg.d/90_digitalocean.cfg",
    // The networkd renderer: netplan's PermanentMACAddress= never matches a veth, ifupdown gets no
    // default route.
    text: [
      "datasource_list: [ ConfigDrive, None ]",
      "disable_root: false",
      "ssh_pwauth: false",
      "users: []",
      "system_info:",
      "  network:",
      "    renderers: ['networkd']",
      "",
    ].join("\n"),
  },
  {
    path: "etc/apt/sources.list.d/debian.sources",
    text: [
      "Types: deb",
      "URIs: http://deb.debian.org/debian",
      "Suites: trixie trixie-updates",
      "Components: main",
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
      "",
      "Types: deb",
      "URIs: http://security.debian.org/debian-security",
      "Suites: trixie-security",
      "Components: main",
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
      "",
    ].join("\n"),
  },
  // What cloud-init would write there at the first boot, and restart sshd for: whoever has just
  // logged in would be refused a second later.
  { path: "etc/ssh/sshd_config.d/50-cloud-init.conf", text: "PasswordAuthentication no\n" },
  { path: "etc/apt/sources.list", text: "" },
  // Built without recommended packages, but a droplet's own apt installs them.
  {
    path: "etc/apt/apt.conf.d/99mmdebstrap",
    text: 'Acquire::Check-Valid-Until "false";\nAcquire::Languages "none";\n',
  },
  { path: "etc/machine-id", text: "" },
  { path: "etc/hostname", text: "debian\n" },
];

/** Emptied or removed in the image: each machine makes its own. */
export const imageRemovals = [
  "etc/ssh/ssh_host_*",
  "var/lib/dbus/machine-id",
  "var/log/bootstrap.log",
  "var/lib/apt/lists/*",
  "var/cache/apt/*.bin",
];

/** Commands run with the image as their root. */
export const imageCommands: readonly Argv[] = [
  ["systemctl", "enable", "systemd-networkd.service", "systemd-resolved.service", "ssh.service"],
  // Waiting for "online" would hold up a boot whose VPC link has nothing to say.
  ["systemctl", "disable", "systemd-networkd-wait-online.service"],
  ["ln", "-sf", "../run/systemd/resolve/stub-resolv.conf", "/etc/resolv.conf"],
];

/** Key of the image in the cache: whatever changes what is inside changes it. */
export const recipeHash = (): string =>
  createHash("sha256")
    .update(
      JSON.stringify({
        packages,
        aptOptions,
        dpkgOptions,
        imageFiles,
        imageRemovals,
        imageCommands,
      }),
    )
    .digest("hex")
    .slice(0, 16);

const sources = (mirror: DebianMirror): string[] => {
  const signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  return [
    `deb ${signed} ${mirror.main} trixie main`,
    `deb ${signed} ${mirror.main} trixie-updates main`,
    `deb ${signed} ${mirror.security} trixie-security main`,
  ];
};

export const bootstrapCommand = (target: string, mirror: DebianMirror): Argv => [
  "mmdebstrap",
  "--mode=root",
  "--variant=minbase",
  `--include=${packages.join(",")}`,
  ...aptOptions.map((option) => `--aptopt=${option}`),
  // Of the building alone: what is in the image does not change with it.
  '--aptopt=Acquire::Retries "3"',
  ...dpkgOptions.map((option) => `--dpkgopt=${option}`),
  "trixie",
  target,
  ...sources(mirror),
];
