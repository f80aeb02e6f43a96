import { chmodSync, existsSync, mkdirSync } from "node:fs";
import type { Release } from "../../config/release";
import { type Machine, must } from "../machine";

const APT = { DEBIAN_FRONTEND: "noninteractive" };

/** What the first boot should have installed, and later additions. Waits for cloud-init, which may still hold apt. */
export const installPackages = async (machine: Machine, packages: readonly string[]): Promise<void> => {
  if (packages.length === 0) return;
  const missing: string[] = [];
  for (const name of packages) {
    const { code, stdout } = await machine.run(["dpkg-query", "-W", "-f", "${Status}", name]);
    if (code !== 0 || !stdout.includes("install ok installed")) missing.push(name);
  }
  if (missing.length === 0) return;
  machine.log(`installing ${missing.join(" ")}`);
  const onLine = (line: string): void => { if (/^(Setting up|Unpacking|E:|Err:)/.test(line)) machine.log(line); };
  const options = ["-q", "-o", "DPkg::Lock::Timeout=300"];
  await must(machine, ["apt-get", ...options, "update"], { environment: APT });
  await must(machine, ["apt-get", ...options, "install", "-y", "--no-install-recommends", ...missing], { environment: APT, onLine });
};

/** Waits until the first boot is through; its own failure is told, not swallowed. */
export const awaitFirstBoot = async (machine: Machine): Promise<void> => {
  const { code, stdout } = await machine.run(["cloud-init", "status", "--wait"]);
  // 2: done, with warnings.
  if (code === 1) machine.log(`cloud-init did not end well (${stdout.trim().split("\n").at(-1) ?? ""}); see /var/log/cloud-init-output.log`);
};

export const makeUsers = async (machine: Machine, users: Release["users"]): Promise<void> => {
  for (const { name, home, groups } of users) {
    if ((await machine.run(["id", "-u", name])).code !== 0) {
      machine.log(`user ${name}`);
      await must(machine, ["useradd", "--system", "--user-group", "--home-dir", home, "--no-create-home", "--shell", "/usr/sbin/nologin", name]);
    }
    if (groups.length > 0) await must(machine, ["usermod", "--append", "--groups", groups.join(","), name]);
    if (!existsSync(machine.at(home))) {
      mkdirSync(machine.at(home), { recursive: true, mode: 0o755 });
      chmodSync(machine.at(home), 0o750);
      machine.own(machine.at(home), name, name);
    }
  }
};

export const makeDirectories = (machine: Machine, directories: Release["directories"]): void => {
  for (const { path, mode, owner, group } of directories) {
    mkdirSync(machine.at(path), { recursive: true, mode });
    chmodSync(machine.at(path), mode);
    machine.own(machine.at(path), owner, group);
  }
};
