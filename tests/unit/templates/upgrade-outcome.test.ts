import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { upgradeOutcome } from "../../../monitor/checks/written-outcomes";
import { fill } from "../../../render/fill";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "upgrade-outcome-"));
  mkdirSync(join(folder, "run"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The run began at 06:12. */
const BEGAN = Date.parse("2026-11-28T06:12:00Z") / 1000;
const LOG = `2026-11-28 06:11:59 upgrade tzdata:all 2026a 2026b
2026-11-28 06:12:31 upgrade libssl3t64:amd64 3.5.1 3.5.4
2026-11-28 06:12:31 status half-configured libssl3t64:amd64 3.5.1
2026-11-28 06:12:40 upgrade openssl:amd64 3.5.1 3.5.4
`;
const UNITS = `Id=nginx.service
ExecMainStartTimestamp=@${BEGAN + 50}
ActiveState=active

Id=cron.service
ExecMainStartTimestamp=@${BEGAN - 9000}
ActiveState=active

Id=user@1000.service
ExecMainStartTimestamp=@${BEGAN + 50}
ActiveState=active

Id=certbot.service
ExecMainStartTimestamp=
ActiveState=inactive
`;

/** Takes what that of Debian 13 (3.11) takes, and no more. */
const NEEDRESTART = `while getopts vqnbpoxklwm:c:r:f:u:t: option; do case "$option$OPTARG" in m[ea] | r[lia] | [!mr]*) ;; *) exit 255;; esac; done`;

/** Runs it as systemd does, with what the machine's programs would answer. */
const ran = async (log: string, stale: string, then = "exit 0") => {
  const answers: Readonly<Record<string, string>> = {
    systemctl: `case "$*" in *apt-daily-upgrade*) echo Id=apt-daily-upgrade.service; echo ExecMainStartTimestamp=@${BEGAN};; *renew-*) echo Id=renew-services.service; echo ActiveState=inactive; echo Job=0;; *) cat "$0.txt";; esac`,
    "systemd-run": 'while [ "$1" != needrestart ]; do shift; done; exec "$@"',
    needrestart: `${NEEDRESTART}; cat "$0.txt"; ${then}`,
  };
  for (const [name, text] of Object.entries(answers)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(join(folder, "systemctl.txt"), UNITS);
  writeFileSync(join(folder, "needrestart.txt"), stale);
  writeFileSync(join(folder, "dpkg.log"), log);
  writeFileSync(join(folder, "program"), fill("system/upgrade-outcome", {}));
  const { status, stderr } = spawnSync("python3", [join(folder, "program")], {
    env: {
      PATH: `${folder}:${process.env["PATH"]}`,
      TZ: "UTC",
      UPGRADES: folder,
      DPKG_LOG: join(folder, "dpkg.log"),
      RUN_FOLDER: join(folder, "run"),
    },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return await upgradeOutcome(folder);
};
const asked = (): string | undefined => {
  const path = join(folder, "run/reboot-required.pkgs");
  return existsSync(join(folder, "run/reboot-required")) ? readFileSync(path, "utf8") : undefined;
};

test("what this run has upgraded, and what runs anew since, is written down", async () => {
  expect(await ran(LOG, "NEEDRESTART-VER: 3.11\n")).toMatchObject({
    packages: ["libssl3t64", "openssl"],
    restarted: ["nginx"],
  });
  expect(asked()).toBeUndefined();
});

test("what nothing restarts asks for a reboot; what waits for its window does not", async () => {
  const stale = ["dbus.service", "fleet-chat.service", "systemd-logind.service"];
  await ran(LOG, stale.map((name) => `NEEDRESTART-SVC: ${name}\n`).join(""));
  expect(asked()).toBe("dbus.service\nsystemd-logind.service\n");
});

test("where needrestart can't be asked, a reboot is: nothing else brings all onto new libraries", async () => {
  await ran(LOG, "NEEDRESTART-VER: 3.11\n", "exit 3");
  expect(asked()).toBe("needrestart (it ended with 3)\n");
});

test("a run with nothing to do leaves the account of the last that had", async () => {
  const before = await ran(LOG, "");
  expect(await ran(LOG.split("\n")[0]!, "NEEDRESTART-SVC: dbus.service\n")).toEqual(before);
  expect(asked()).toBeUndefined();
});

test("in the window needrestart is asked in words that it takes", () => {
  const words =
    /needrestart (-.*)$/m.exec(
      fill("system/upgrade-reboot", { title: "a", settings: "b", locks: "c" }),
    )?.[1] ?? "none";
  const asked = spawnSync("sh", ["-c", NEEDRESTART, "needrestart", ...words.split(" ")]);
  expect([words, asked.status]).toEqual(["-r a", 0]);
});
