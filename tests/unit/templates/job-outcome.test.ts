import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { heartbeatKind } from "../../../monitor/checks/heartbeat";
import { jobOutcomes } from "../../../monitor/checks/written-outcomes";
import { checksOf } from "../../../render/checks";
import { fill } from "../../../render/fill";
import { factsIn, project, removeProjects } from "../../fixtures/manifest";

const UNIT = "fleet-feed@job-digest.service";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "job-outcome-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  removeProjects();
});

/** Runs it as systemd does, before and after a job. */
const told = (what: "start" | "end", environment: Readonly<Record<string, string>> = {}): void => {
  const program = join(folder, "job-outcome");
  writeFileSync(program, fill("system/job-outcome", {}));
  const { status, stderr } = spawnSync("python3", [program, UNIT, what], {
    env: { PATH: process.env["PATH"], JOBS: folder, ...environment },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
};

/** What the Observatory makes of it, so long after. */
const judged = async (afterMs: number, stranger = {}, from = Date.now()): Promise<string> => {
  const check = checksOf(factsIn(project())).find(({ id }) => id === "feed/digest");
  if (check?.kind !== "heartbeat" || heartbeatKind.source !== "reports")
    throw new Error("the job has no check");
  const jobs = await jobOutcomes(folder);
  const now = from + afterMs;
  const reports = {
    now: () => now,
    beat: () => ({ known: Date.now(), ...stranger }),
    blindWindows: () => [],
    machine: () => Promise.resolve({ report: { jobs }, clockMs: 0, crashLoop: () => undefined }),
  } as unknown as Parameters<typeof heartbeatKind.judge>[1];
  try {
    return await heartbeatKind.judge(check, reports);
  } catch (error) {
    return (error as Error).message;
  }
};
const MINUTE = 60_000;
/** The longest that its schedule leaves out: a weekend. */
const WEEK = 7 * 24 * 60 * MINUTE;

test("a job that is not due yet is well, one that is done is, and one that is never done is told of", async () => {
  expect(await judged(0)).toBe("not heard yet, not due");
  expect(await judged(WEEK)).toMatch(/^never heard of; expected by/);
  told("start");
  told("end", { SERVICE_RESULT: "success" });
  const written = statSync(join(folder, `${UNIT}.json`));
  expect(written.mode & 0o777).toBe(0o644);
  expect(await judged(0, {}, written.mtimeMs)).toMatch(/^last heard 0 s ago/);
  expect(await judged(WEEK)).toMatch(/^last heard at .*; expected by/);
});
test("one that fails is told of with how, until it is done; what it did before is remembered", async () => {
  told("end", { SERVICE_RESULT: "success" });
  told("start");
  told("end", { SERVICE_RESULT: "exit-code", EXIT_STATUS: "3" });
  expect(await judged(0)).toMatch(/^reported a failure at .*: exit-code 3$/);
  told("start");
  expect(await judged(0)).toMatch(/^reported a failure/);
  told("end", { SERVICE_RESULT: "timeout" });
  expect(await judged(0)).toMatch(/took longer than its timeout/);
  told("end", { SERVICE_RESULT: "success" });
  expect(await judged(0)).toMatch(/^last heard/);
});
test("one that does not end is told of once its timeout is over", async () => {
  told("start");
  expect(await judged(10 * MINUTE)).toBe("not heard yet, not due");
  expect(await judged(16 * MINUTE)).toMatch(/and has not ended in/);
});
test("nobody reports for it by its token: its machine's word alone counts", async () => {
  told("end", { SERVICE_RESULT: "exit-code", EXIT_STATUS: "1" });
  expect(await judged(0, { done: Date.now() })).toMatch(/^reported a failure/);
});
