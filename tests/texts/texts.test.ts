import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { unitPath } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts } from "../../config/fleet";
import { loadFleet } from "../../config/load";
import { fill } from "../../render/fill";
import { firstBoot } from "../../render/first-boot";
import { renderPrimary, renderWatcher } from "../../render/machine";
import { standInUnits } from "../../render/units";
import { factsIn, project, removeProjects } from "../fixtures/manifest";
import { suiteWhere } from "../fixtures/suite-where";
import { NGINX, layOut, makeCertificate, put } from "./nginx-kit";

/**
 * The real programs read what is rendered. Where one is not installed its tests are skipped;
 * `tests/run` installs them on Debian.
 */
const found = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const given = (program: string, title: string, tests: () => void): void =>
  suiteWhere(found(program) ? null : `${program} is not installed`, title, tests);

const ROOT = mkdtempSync(join(tmpdir(), "second-server-texts-"));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
  removeProjects();
});

const shipped = loadFleet(join(__dirname, "../.."), "local");
const small = factsIn(project());
const withPassword: FleetFacts = {
  ...shipped,
  alerts: { ...shipped.alerts, relay: { ...shipped.alerts.relay, user: "fleet" } },
};
const machines: readonly [string, readonly MachineFile[]][] = [
  ["shipped-primary", renderPrimary(shipped)],
  ["shipped-watcher", renderWatcher(shipped)],
  ["small-primary", renderPrimary(small)],
  ["watcher-with-a-relay-password", renderWatcher(withPassword)],
];

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: ROOT });
  return { status, text: `${stdout}${stderr}` };
};
given(NGINX, "nginx -t", () => {
  const certificates = join(ROOT, "certificates");
  beforeAll(() => makeCertificate(certificates));
  test.each(machines)("%s", (name, files) => {
    const { status, text } = run(
      NGINX,
      "-t",
      "-q",
      "-c",
      layOut(files, join(ROOT, name, "nginx"), certificates),
    );
    expect([status, text]).toEqual([0, ""]);
  });
});

given("systemd-analyze", "systemd-analyze verify", () => {
  const complaints = (name: string, files: readonly MachineFile[]): string[] => {
    const folder = join(ROOT, name, "systemd");
    const units = files
      .filter(({ path }) => path.startsWith("/etc/systemd/system/"))
      .map(({ path, text }) => {
        const file = put(join(folder, relative("/etc/systemd/system", path)), text);
        // A drop-in is read with the unit it belongs to, which is Debian's.
        return dirname(file) === folder
          ? file
          : put(
              dirname(file).replace(/\.d$/, ""),
              dirname(file).endsWith(".slice.d")
                ? "[Slice]\n"
                : "[Service]\nType=oneshot\nExecStart=/bin/true\n",
            );
      });
    const ours = [ROOT, ...units.map((path) => basename(path))];
    // Only what is said about our units, not about the host's own. A program that the host lacks is
    // the machine's to have: the release names its package.
    return run("systemd-analyze", "verify", "--man=no", ...units)
      .text.split("\n")
      .filter(
        (line) =>
          ours.some((name) => line.includes(name)) &&
          !/: Command \/usr\/bin\/\S+ is not executable: No such file or directory$/.test(line),
      );
  };
  test.each(machines)("%s", (name, files) => expect(complaints(name, files)).toEqual([]));
  test("stand-ins, which no release puts in place", () => {
    const files = shipped.services.flatMap(standInUnits).map(({ name, text }) => ({
      path: unitPath(name),
      mode: 0o644,
      owner: "root",
      group: "root",
      text,
    }));
    expect(files.length).toBeGreaterThan(5);
    expect(complaints("stand-ins", files)).toEqual([]);
  });
  test("a mistake would be seen", () => {
    const broken = renderWatcher(shipped).map((file) => ({
      ...file,
      text: file.text.replace("MemoryMax=", "MemoryMaximum="),
    }));
    expect(complaints("broken", broken).join()).toMatch(/observatory\.service:\d+: Unknown key/);
    const dropIn = renderPrimary(shipped).map((file) => ({
      ...file,
      text: file.text.replace("ExecStopPost=", "ExecStopPast="),
    }));
    expect(complaints("broken-drop-in", dropIn).join()).toMatch(
      /apt-daily-upgrade\.service\.d\/fleet\.conf:\d+: Unknown key/,
    );
  });
});

const keyPair = (() => {
  const file = join(ROOT, "host-key");
  run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "", "-f", file);
  const read = (path: string) => spawnSync("cat", [path], { encoding: "utf8" }).stdout;
  return { hostPrivateKey: read(file), hostPublicKey: read(`${file}.pub`).trim() };
})();
const userData = (role: "primary" | "watcher") =>
  firstBoot(shipped, role, { authorizedKeys: [keyPair.hostPublicKey], ...keyPair });

given("cloud-init", "cloud-init schema", () => {
  test.each(["primary", "watcher"] as const)("%s", (role) => {
    const { status, text } = run(
      "cloud-init",
      "schema",
      "--config-file",
      put(join(ROOT, `${role}.yaml`), userData(role)),
    );
    expect([status, /deprecated|invalid|error/i.exec(text)]).toEqual([0, null]);
  });
});

describe("sh", () => {
  const scripts = [...renderPrimary(shipped), ...renderWatcher(shipped)].filter(({ text }) =>
    text.startsWith("#!/bin/sh"),
  );
  const bootstrap = put(join(ROOT, "fleet-agent"), fill("cloud-init/fleet-agent", {}));
  test.each([
    ["/usr/local/bin/fleet-agent", bootstrap],
    ...scripts.map(({ path, text }) => [path, put(join(ROOT, path), text)] as const),
  ])("sh -n %s", (_path, file) => {
    expect(run("sh", "-n", file)).toEqual({ status: 0, text: "" });
  });
  test("scripts are executable", () =>
    expect(scripts.map(({ mode }) => mode & 0o111)).toEqual(scripts.map(() => 0o111)));
});

given("/usr/sbin/sshd", "sshd -t", () => {
  test.each([
    ["the drop-in", shipped],
    [
      "the drop-in of one that takes pushes",
      { ...shipped, services: shipped.services.map((one) => ({ ...one, push: "main" })) },
    ],
  ])("%s", (_what, fleet) => {
    const key = join(ROOT, "sshd-key");
    cpSync(join(ROOT, "host-key"), key);
    const rules = renderPrimary(fleet).find(({ path }) =>
      path.startsWith("/etc/ssh/sshd_config.d/"),
    )!.text;
    if (!existsSync("/run/sshd")) mkdirSync("/run/sshd");
    expect(
      run("/usr/sbin/sshd", "-t", "-f", put(join(ROOT, "sshd_config"), `HostKey ${key}\n${rules}`)),
    ).toEqual({ status: 0, text: "" });
  });
});
