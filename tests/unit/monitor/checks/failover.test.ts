import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { FailoverCheck } from "@second-server/contract/check-settings";
import type { CertificateCopy, FailoverReport } from "@second-server/contract/failover";

import { checkFailover } from "../../../../monitor/checks/failover";
import { checkHttp } from "../../../../monitor/checks/http-check";
import { Lab } from "./lab";

const NOW = Date.parse("2026-11-27T20:00:00Z");
const DAY = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

let folder = "";
let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  folder = mkdtempSync(join(tmpdir(), "failover-check-"));
});
afterEach(() => {
  lab.close();
  rmSync(folder, { recursive: true });
});

const GOOD: FailoverReport = {
  at: iso(NOW - 60_000),
  order: 0,
  active: "primary",
  moved: [],
  provenAt: iso(NOW - DAY / 2),
};
const look = async (
  report: Partial<FailoverReport> | undefined = GOOD,
  copy: CertificateCopy | undefined = { at: iso(NOW), until: iso(NOW + 60 * DAY) },
): Promise<string> => {
  const check: FailoverCheck = {
    kind: "failover",
    id: "failover",
    reportFile: join(folder, "report"),
    certificateFile: join(folder, "certificate"),
    maxAgeSeconds: 3600,
    minDays: 7,
  };
  writeFileSync(check.reportFile, JSON.stringify({ ...GOOD, ...report }));
  writeFileSync(check.certificateFile, JSON.stringify(copy));
  return await checkFailover(check, NOW).catch((error: Error) => error.message);
};

test("a failover that would work says for how long the certificate's copy is good", async () =>
  expect(await look()).toBe("ready; the certificate's copy is good for 60 days 0 h"));

test.each([
  [{ error: "DigitalOcean answered 403: domain:update" }, /403: domain:update/],
  [{ at: iso(NOW - 2 * 3_600_000) }, /last looked at 2 h 0 min ago/],
  [{ at: iso(NOW - 2 * 3_600_000), error: "503", passing: true }, /2 h 0 min ago: 503/],
  [{ provenAt: iso(NOW - 3 * DAY) }, /not been seen to be allowed/],
] as const)("%j is told", async (report, says) => expect(await look(report)).toMatch(says));

test("an API that has been down for a moment is not", async () =>
  expect(await look({ error: "503", passing: true })).toMatch(/^ready/));

test.each([
  [
    { at: "", until: iso(NOW + 3 * DAY), problem: "the backup has none" },
    /ends in 3 days 0 h: the backup has none/,
  ],
  [{ at: "", problem: "there is no good backup yet" }, /no good backup yet/],
] as const)("a certificate's copy of %j is told", async (copy, says) =>
  expect(await look(GOOD, copy)).toMatch(says),
);

test("an address is asked elsewhere where that is said, by its own name", async () => {
  let asked = "";
  const port = await lab.serve((socket, bytes) => {
    asked = String(bytes);
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  });
  await checkHttp(
    {
      kind: "http",
      id: "blog",
      url: `http://blog.example.test:${port}/`,
      status: 200,
      via: "127.0.0.1",
    },
    5000,
  );
  expect(asked).toContain(`host: blog.example.test:${port}`);
});
