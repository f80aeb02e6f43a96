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
  black: "/usr/bin/black",
};
/** Of these the first that apt knows: not every release of Debian has the lighter one. */
const BROWSERS = [
  { name: "chromium-headless-shell", path: "/usr/lib/chromium/chromium-headless-shell" },
  { name: "chromium", path: "/usr/bin/chromium" },
] as const;
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

const isKnownToApt = (name: string): boolean =>
  /Candidate: \d/.test(spawnSync("apt-cache", ["policy", name], { encoding: "utf8" }).stdout ?? "");

/** The browser to install: none where the best that apt knows is there. */
const betterBrowser = (): readonly string[] => {
  const best = BROWSERS.find(({ name, path }) => existsSync(path) || isKnownToApt(name));
  return best === undefined || existsSync(best.path) ? [] : [best.name];
};

const install = async (packages: readonly string[]): Promise<void> => {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if (!existsSync(POLICY)) writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  try {
    if ((await run("apt-get", ["update", "-q"], env)) !== null)
      say("apt-get update failed; going on with what is known.");
    // What apt knows is known by now.
    const wanted = [...packages, ...betterBrowser()];
    say(`Installing Debian packages for the tests: ${wanted.join(" ")}`);
    const apt = (): Promise<string | null> =>
      run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...wanted], env);
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
  const noBrowser = BROWSERS.every(({ path }) => !existsSync(path));
  const wanted = [...new Set([...programs, ...(fast ? [] : needs.missingPackages)])];
  if (isRootOnDebian() && (wanted.length > 0 || noBrowser || betterBrowser().length > 0)) {
    await install(wanted);
    return labNeeds();
  }
  const missing = [...programs, ...(noBrowser ? ["chromium"] : [])];
  if (missing.length > 0)
    say(
      `Not installed, and this is not root on Debian, so what asks them is skipped: ${missing.join(" ")}`,
    );
  return needs;
};
