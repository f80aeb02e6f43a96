import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { isDaemonOf } from "../../../../../local/cloud/lab/processes";
import { endPlainDaemon } from "../../../../../local/cloud/lab/stop";
import { labPaths } from "../../../../../local/cloud/paths";
import { exitOf } from "../../../../fixtures/exit-of";

const paths = labPaths("/var/lib/one");

test.each([
  ["/srv/copy/local/cloud/main.ts serve --state /var/lib/one --pace host", true],
  ["local/cloud/main.ts serve --state /var/lib/one --no-machines", true],
  ["/srv/copy/local/cloud/main.ts serve --state /var/lib/other", false],
  ["/srv/copy/local/engine/main.ts up --cwd /var/lib/one", false],
  ["/usr/bin/editor /srv/copy/local/cloud/main.ts /var/lib/one", false],
])("the daemon of a state is told from other processes: %s", (args, expected) => {
  expect(isDaemonOf(paths, `/usr/bin/node --import file:///x/loader.mjs ${args}\n`)).toBe(expected);
});

test("a process that has got the number of a daemon which is gone is left alone", async () => {
  const state = mkdtempSync(join(tmpdir(), "second-server-processes-"));
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", state]);
  try {
    mkdirSync(join(state, "cloud"));
    writeFileSync(join(state, "cloud", "daemon.pid"), String(other.pid));
    await endPlainDaemon(labPaths(state));
    expect(other.signalCode).toBeNull();
  } finally {
    other.kill("SIGKILL");
    await exitOf(other);
    rmSync(state, { recursive: true });
  }
});
