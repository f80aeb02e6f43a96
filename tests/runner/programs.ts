import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT, run, say } from "./child";

/**
 * Debian packages that the suites ask, each with the program that tells whether it is there: the
 * texts' readers, a browser, a formatter.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  nginx: "/usr/sbin/nginx",
  "cloud-init": "/usr/bin/cloud-init",
  systemd: "/usr/bin/systemd-analyze",
  openssl: "/usr/bin/openssl",
  "ssh-audit": "/usr/bin/ssh-audit",
  "openssh-server": "/usr/sbin/sshd",
  curl: "/usr/bin/curl",
  logrotate: "/usr/sbin/logrotate",
  restic: "/usr/bin/restic",
  rclone: "/usr/bin/rclone",
  chromium: "/usr/bin/chromium",
  black: "/usr/bin/black",
};
/** A package that starts a daemon on this host (nginx on port 80) is none of a test's business. */
const POLICY = "/usr/sbin/policy-rc.d";
const POLICY_TEXT =
  "#!/bin/sh\n# Of second-server's tests, while they install packages.\nexit 101\n";

export interface Host {
  readonly problems: readonly { readonly problem: string }[];
  readonly missingPackages: readonly string[];
}

/**
 * What the lab wants of this host, from the CLI's own check; rejects when the check itself fails:
 * that is no reason to skip anything.
 */
const labNeeds = (): Host => {
  const { stdout, stderr, error } = spawnSync(
    join(ROOT, "fleet"),
    ["doctor", "--host-only", "--json"],
    { cwd: ROOT, encoding: "utf8" },
  );
  try {
    return JSON.parse(stdout) as Host;
  } catch {
    throw new Error(
      `./fleet doctor --host-only --json gave no answer: ${error?.message ?? stderr.trim()}`,
    );
  }
};

const isRootOnDebian = (): boolean =>
  process.platform === "linux" && process.getuid?.() === 0 && existsSync("/etc/debian_version");
const ours = (): boolean => existsSync(POLICY) && readFileSync(POLICY, "utf8") === POLICY_TEXT;

const install = async (packages: readonly string[]): Promise<void> => {
  say(`Installing Debian packages for the tests: ${packages.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const apt = (): Promise<string | null> =>
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], env);
  if (!existsSync(POLICY)) writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  try {
    if ((await run("apt-get", ["update", "-q"], env)) !== null)
      say("apt-get update failed; going on with what is known.");
    if ((await apt()) === null) return;
    // A run that was killed while it installed leaves packages half configured.
    await run("dpkg", ["--configure", "-a"], env);
    const end = await apt();
    if (end !== null) say(`apt-get ended with ${end}: what needs these packages is skipped.`);
  } finally {
    removePolicy();
  }
};

/** Also what an earlier run left that was killed while it installed. */
export const removePolicy = (): void => {
  if (ours()) rmSync(POLICY);
};

/**
 * Installs what the tests ask and this host lacks, where that is possible; resolves with what the
 * lab still wants.
 */
export const prepareHost = async (fast: boolean): Promise<Host> => {
  const needs = labNeeds();
  const programs = Object.entries(PROGRAMS)
    .filter(([, path]) => !existsSync(path))
    .map(([name]) => name);
  const wanted = [...new Set([...programs, ...(fast ? [] : needs.missingPackages)])];
  if (wanted.length > 0 && isRootOnDebian()) {
    await install(wanted);
    return labNeeds();
  }
  if (programs.length > 0)
    say(
      `Not installed, and this is not root on Debian, so what asks them is skipped: ${programs.join(" ")}`,
    );
  return needs;
};
