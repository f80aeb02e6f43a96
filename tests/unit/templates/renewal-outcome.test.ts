import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { judgeRenewal } from "../../../monitor/checks/renewal";
import { fill } from "../../../render/fill";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "renewal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly at: number;
  readonly ok: boolean;
  readonly says: string;
}
/** Runs it as systemd does after certbot's end. */
const ended = (result: string, log?: string): Outcome => {
  const program = join(folder, "renewal-outcome");
  writeFileSync(program, fill("system/renewal-outcome", {}));
  if (log !== undefined) writeFileSync(join(folder, "letsencrypt.log"), log);
  const { status, stderr } = spawnSync("python3", [program, "trial"], {
    env: {
      PATH: process.env["PATH"],
      RENEWALS: folder,
      CERTBOT_LOG: join(folder, "letsencrypt.log"),
      SERVICE_RESULT: result,
    },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(statSync(join(folder, "trial.json")).mode & 0o777).toBe(0o644);
  return JSON.parse(readFileSync(join(folder, "trial.json"), "utf8")) as Outcome;
};

/** As certbot 4 writes it. */
const LOG = `2026-11-27 12:00:00,001:DEBUG:certbot._internal.main:certbot version: 4.0.0
2026-11-27 12:00:05,002:INFO:certbot._internal.auth_handler:Challenge failed for domain old.example.test
2026-11-27 12:00:05,003:DEBUG:certbot._internal.display.obj:Notifying user:
Certbot failed to authenticate some domains (authenticator: webroot). The Certificate Authority reported these problems:
  Domain: old.example.test
  Type:   dns
  Detail: DNS problem: NXDOMAIN looking up A for old.example.test

Hint: The Certificate Authority failed to download the temporary challenge files.

2026-11-27 12:00:05,100:ERROR:certbot._internal.renewal:Failed to renew certificate fleet with error: Some challenges have failed.
`;

test("a renewal that failed is written down with the name and the reason, and judged so", () => {
  const trial = ended("exit-code", LOG);
  expect(trial).toMatchObject({
    ok: false,
    says: "old.example.test: DNS problem: NXDOMAIN looking up A for old.example.test (dns)",
  });
  expect(() => judgeRenewal({ trial }, 86_400, trial.at + 60_000)).toThrow(
    "a trial renewal failed 60 s ago: old.example.test: DNS problem: NXDOMAIN",
  );
});

test("what has no name has certbot's last words, or says what ended it", () => {
  expect(ended("exit-code", LOG.replace("  Domain: ", "  Host: ")).says).toBe(
    "Failed to renew certificate fleet with error: Some challenges have failed.",
  );
  expect(ended("timeout", LOG).says).toBe("certbot ended by timeout");
  rmSync(join(folder, "letsencrypt.log"));
  expect(ended("exit-code").says).toContain("can't be read");
});

test("one that went well says nothing; a trial that is too long ago is told, and none yet is not", () => {
  const trial = ended("success", LOG);
  expect(trial).toMatchObject({ ok: true, says: "" });
  expect(judgeRenewal({}, 86_400, Date.now())).toBe("no renewal yet, no trial yet");
  expect(judgeRenewal({ renewal: trial, trial }, 86_400, trial.at + 3_600_000)).toBe(
    "renewal 60 min 0 s ago, trial 60 min 0 s ago",
  );
  expect(() => judgeRenewal({ trial }, 86_400, trial.at + 2 * 86_400_000)).toThrow(
    /^a renewal was last tried .* ago; is renewal-trial\.timer running\?$/,
  );
});
