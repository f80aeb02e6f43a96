import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Client } from "ssh2";

import { renderWatcher } from "../../render/machine";
import { freePort } from "../fixtures/free-port";
import { factsIn, project, removeProjects } from "../fixtures/manifest";
import { suiteWhere } from "../fixtures/suite-where";
import { put } from "./nginx-kit";

const SSHD = "/usr/sbin/sshd";
const AUDIT = "/usr/bin/ssh-audit";
const ROOT = mkdtempSync(join(tmpdir(), "second-server-ssh-"));

const lacking = (): string | null => {
  if (!existsSync(SSHD)) return `${SSHD} is not installed`;
  return process.getuid?.() === 0 ? null : "sshd runs as root";
};

suiteWhere(lacking(), "sshd as rendered", () => {
  let sshd: ChildProcess;
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    mkdirSync("/run/sshd", { recursive: true });
    const key = join(ROOT, "host-key");
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    // A file each, as on the machine: what a Match begins ends with its file.
    for (const { path, text } of renderWatcher(factsIn(project())))
      if (path.startsWith("/etc/ssh/sshd_config.d/"))
        put(join(ROOT, path), text.replaceAll("/etc/ssh/ssh_host_ed25519_key", key));
    const config = put(
      join(ROOT, "sshd_config"),
      `Include ${ROOT}/etc/ssh/sshd_config.d/*.conf\nPort ${port}\nListenAddress 127.0.0.1\nPidFile none\n`,
    );
    expect(spawnSync(SSHD, ["-t", "-f", config], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
    sshd = spawn(SSHD, ["-D", "-f", config], { stdio: "ignore" });
    await answering(port, sshd);
  });
  afterAll(() => {
    sshd?.kill();
    rmSync(ROOT, { recursive: true, force: true });
    removeProjects();
  });

  test("the library that brings releases, and OpenSSH's own client, agree with it on strong algorithms", async () => {
    expect(await agreed(port)).toMatchObject({
      kex: expect.stringMatching(/curve25519/),
      serverHostKey: "ssh-ed25519",
    });
    const { stderr } = spawnSync(
      "ssh",
      ["-vv", "-p", String(port), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"].concat(
        ["-o", "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=none"],
        ["fleet@127.0.0.1", "true"],
      ),
      { encoding: "utf8" },
    );
    expect(stderr).toMatch(/kex: host key algorithm: ssh-ed25519/);
    expect(stderr).toContain("Permission denied");
  });

  (existsSync(AUDIT) ? test : test.skip)("ssh-audit finds nothing to fail or warn of", () => {
    const { stdout } = spawnSync(
      AUDIT,
      ["--no-colors", "--skip-rate-test", "-p", String(port), "127.0.0.1"].filter(
        (word) => word !== "--skip-rate-test" || knowsRateTest(),
      ),
      { encoding: "utf8", timeout: 280_000 },
    );
    expect(stdout).toContain("ssh-ed25519");
    const findings = stdout.split("\n").filter((line) => /\[(warn|fail)\]/.test(line));
    expect(findings.filter((line) => !KNOWN.test(line))).toEqual([]);
  });
});

/**
 * ssh-audit 2 calls unknown or experimental what it is too old for. ssh-audit 3.3 warns of every
 * exchange that a quantum computer could undo one day: curve25519 stays for clients that have no
 * other (the ssh2 library among them); those that have one take it.
 */
const KNOWN = /unknown algorithm|\bsntrup761x25519\S* .*experimental|post-quantum/;

/** Later versions try how many connections a second are taken: of a loopback, that says nothing. */
const knowsRateTest = (): boolean =>
  spawnSync(AUDIT, ["--help"], { encoding: "utf8" }).stdout.includes("--skip-rate-test");

const answering = async (port: number, sshd: ChildProcess): Promise<void> => {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1")
        .on("connect", () => resolve(true))
        .on("error", () => resolve(false));
      socket.unref();
    });
    if (isOpen) return;
    if (sshd.exitCode !== null || sshd.signalCode !== null)
      throw new Error(`sshd has ended and does not listen on ${port}`);
  }
};

/** What the client and the server settled on. */
const agreed = (port: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const client = new Client();
    client
      .on("handshake", (settled) => {
        resolve(settled);
        client.destroy();
      })
      .on("error", reject)
      .connect({ host: "127.0.0.1", port, username: "fleet", password: "none" });
  });
