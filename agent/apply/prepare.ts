import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { makeFolder, writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { aptGet } from "./apt";

const FIRST_BOOT_SECONDS = 900;

/** Waits until the first boot is through; its own failure is told, not swallowed. */
export const awaitFirstBoot = async (machine: Machine): Promise<void> => {
  const { code, stdout } = await machine.run([
    "timeout",
    String(FIRST_BOOT_SECONDS),
    "cloud-init",
    "status",
    "--wait",
  ]);
  if (code === 124)
    throw new Error(
      `the first boot has not ended within ${FIRST_BOOT_SECONDS / 60} minutes. See /var/log/cloud-init-output.log on this machine.`,
    );
  // 2: done, with warnings.
  if (code === 1)
    machine.log(
      `cloud-init did not end well (${stdout.trim().split("\n").at(-1) ?? ""}); see /var/log/cloud-init-output.log`,
    );
};

/** What the first boot should have installed, and later additions. */
export const installPackages = async (
  machine: Machine,
  packages: readonly string[],
): Promise<void> => {
  if (packages.length === 0) return;
  const { stdout } = await machine.run([
    "dpkg-query",
    "-W",
    "-f",
    "${Package} ${db:Status-Status}\n",
    "--",
    ...packages,
  ]);
  const installed = new Set(
    stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  const missing = packages.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  machine.log(`installing ${missing.join(" ")}`);
  const install = ["install", "-y", "--no-install-recommends", "--", ...missing];
  // The lists are fresh after a first boot; an older machine may have to be told of newer versions.
  if ((await aptGet(machine, install)).code === 0) return;
  for (const words of [["update"], install]) {
    const { code, argv, said } = await aptGet(machine, words);
    if (code !== 0) throw new Error(`${argv.join(" ")}: exit ${code}\n  ${said}`);
  }
};

const knownTo = (machine: Machine, file: string, name: string): boolean =>
  readFileSync(machine.at(file), "utf8")
    .split("\n")
    .some((line) => line.startsWith(`${name}:`));

/** System users, made in one call; nobody logs in as them but by a forced command. */
export const makeUsers = async (machine: Machine, users: Release["users"]): Promise<void> => {
  const missing = users.filter(({ name }) => !knownTo(machine, "/etc/passwd", name));
  if (missing.length > 0) {
    const lines = missing.map(
      ({ name, home, logsIn }) =>
        `u ${name} - "${name}" ${home} ${logsIn ? "/bin/sh" : "/usr/sbin/nologin"}`,
    );
    await must(machine, ["systemd-sysusers", "-"], { input: `${lines.join("\n")}\n` });
    // "*" is no password, "!" a locked account.
    for (const { name } of missing.filter(({ logsIn }) => logsIn))
      await must(machine, ["usermod", "--password", "*", name]);
  }
  for (const { name, home } of users) {
    if (existsSync(machine.at(home))) continue;
    makeFolder(machine.at(home), 0o755);
    chmodSync(machine.at(home), 0o750);
    machine.own(machine.at(home), name, name);
  }
};

const QUIC_KEY_BYTES = 32;
/** Made by the machine itself, once: it never leaves it, and stays the same over reloads. */
export const makeQuicKey = (machine: Machine): void => {
  if (existsSync(machine.at(PATHS.quicKey))) return;
  writeWhole(machine.at(PATHS.quicKey), randomBytes(QUIC_KEY_BYTES), 0o600);
};

export const makeDirectories = (machine: Machine, directories: Release["directories"]): void => {
  for (const { path, mode, owner, group } of directories) {
    makeFolder(machine.at(path), mode);
    chmodSync(machine.at(path), mode);
    machine.own(machine.at(path), owner, group);
  }
};
