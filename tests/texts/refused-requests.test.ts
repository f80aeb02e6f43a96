import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { renderMachine } from "../../render/machine";
import { factsIn, project, removeProjects } from "../fixtures/manifest";
import { suiteWhere } from "../fixtures/suite-where";
import { NGINX, layOut, makeCertificate, put } from "./nginx-kit";

const ROOT = mkdtempSync(join(tmpdir(), "second-server-refused-"));
const MIB = 1024 ** 2;

const lacking = (): string | null => {
  if (!existsSync(NGINX)) return `${NGINX} is not installed`;
  return spawnSync("unshare", ["--net", "true"]).status === 0 ? null : "no network namespace";
};
const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
  removeProjects();
});

suiteWhere(lacking(), "100,000 requests of one client that are refused", () => {
  const fleet = factsIn(project());
  beforeAll(() => makeCertificate(join(ROOT, "tls")));

  test("leave less than half a megabyte in the logs, and a visitor's line is among them", () => {
    const etc = join(ROOT, "etc");
    const config = layOut(renderMachine(fleet, "watcher"), etc, join(ROOT, "tls"), (text) =>
      text.replaceAll("user www-data;", "user root;"),
    );
    const { stdout, stderr } = spawnSync(
      "unshare",
      [
        "--net",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        `ip link set lo up && exec "$@"`,
        "sh",
      ].concat([
        process.execPath,
        join(__dirname, "refused-requests.cjs"),
        config,
        fleet.status.host,
      ]),
      { encoding: "utf8", timeout: 280_000, maxBuffer: 64 * MIB },
    );
    const line = stdout.trim().split("\n").at(-1);
    if (!line) throw new Error(stderr);
    const { counts, visitor } = JSON.parse(line) as {
      counts: Record<string, number>;
      visitor: number;
    };
    const refused = Object.entries(counts).filter(([status]) => status !== "200");
    expect(refused.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(95_000);
    expect(Object.keys(counts)).toEqual(
      expect.arrayContaining(["301", "400", "413", "429", "closed"]),
    );
    expect(visitor).toBe(200);
    // The journal has a bound of its own for what is left: here, bodies that are too large.
    const errors = readFileSync(join(etc, "error.log"), "utf8");
    expect(errors.split("\n").length).toBeLessThan(4000);
    expect(errors).not.toContain("limiting");
    const lines = readFileSync(join(etc, "logs/access.log"), "utf8").trim().split("\n");
    const seen = lines.map(
      (text) => JSON.parse(text) as { uri: string; status: number; client: string },
    );
    // Besides these, some each second are served: the longer it takes here, the more.
    const ofServed = lines.filter((_, index) => seen[index]?.status === 200).join("\n").length;
    expect(sizeOf(join(etc, "logs")) - ofServed).toBeLessThan(MIB / 2);
    expect(seen.filter(({ uri }) => uri === "/a-visitor").at(-1)).toMatchObject({
      client: "127.0.0.2",
      status: 200,
    });
    // One in a hundred: a flood shows.
    expect(seen.filter(({ status }) => status === 429).length).toBeGreaterThan(100);
  });
});

suiteWhere(
  existsSync("/usr/sbin/logrotate") ? null : "/usr/sbin/logrotate is not installed",
  "the access log",
  () => {
    test("is rotated when it has grown to 16 MB, keeps three of them, and nginx is told to open the next", () => {
      const logs = join(ROOT, "rotated");
      const bin = join(ROOT, "bin");
      put(join(bin, "systemctl"), `#!/bin/sh\necho "$@" >>${ROOT}/told\n`, 0o755);
      const { text } = renderMachine(factsIn(project()), "primary").find(
        ({ path }) => path === PATHS.logSizes,
      )!;
      const config = put(join(ROOT, "log-sizes.conf"), text.replaceAll(PATHS.webLogs, logs));
      for (let minute = 0; minute < 8; minute += 1) {
        // A small one stays; each grown one makes room.
        const log = put(join(logs, "access.log"), `minute ${minute}\n`);
        if (minute > 0) truncateSync(log, 17 * MIB);
        const { status, stderr } = spawnSync(
          "/usr/sbin/logrotate",
          ["--state", join(ROOT, "state"), config],
          {
            encoding: "utf8",
            env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` },
          },
        );
        expect([status, stderr]).toEqual([0, ""]);
      }
      expect(readdirSync(logs).sort()).toEqual(["access.log.1", "access.log.2", "access.log.3"]);
      expect(readFileSync(join(ROOT, "told"), "utf8").trim().split("\n")).toEqual(
        Array(7).fill("kill --kill-whom=main --signal=USR1 nginx.service"),
      );
    });
  },
);
