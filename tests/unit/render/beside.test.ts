import { afterAll, expect, test } from "@jest/globals";

import { checksOf } from "../../../render/checks";
import { desiredState } from "../../../render/desired-state";
import { renderPrimary } from "../../../render/machine";
import { watchdogConfig } from "../../../render/monitor";
import { buildPart, buildRelease } from "../../../render/release";
import { factsIn, problemsOf, MANIFEST, project, removeProjects } from "../../fixtures/manifest";

afterAll(removeProjects);
const FOLDER = project();
const fleet = factsIn(FOLDER);
const text = (unit: string): string =>
  renderPrimary(fleet).find(({ path }) => path === `/etc/systemd/system/${unit}`)?.text ?? "";
const WORKER = "fleet-feed@worker-fetcher.service";
const JOB = "fleet-feed@job-digest.service";
const TIMER = "fleet-feed@job-digest.timer";
const without = (unit: string, keys: RegExp): readonly string[] =>
  text(unit)
    .split("\n")
    .filter(
      (line) =>
        /^(User|Group|Environment|State|UMask|Protect|Restrict|Private|No|Cap|System)/.test(line) &&
        !keys.test(line),
    );

test("a worker and a job are as shut in as their service, and find the same around them", () => {
  expect(without("fleet-feed.service", /^$/).length).toBeGreaterThan(15);
  for (const unit of [WORKER, JOB])
    expect(without(unit, /^$/)).toEqual(without("fleet-feed.service", /^$/));
});
test("a worker goes with its service and is kept running; a job has its time and its limit, and is written down", () => {
  expect(text("fleet-feed.service")).toContain(`\nWants=network-online.target ${WORKER}\n`);
  expect(text("fleet-notes.service")).toContain("\nWants=network-online.target\n");
  expect(text(WORKER)).toMatch(
    /\nPartOf=fleet-feed\.service\n[^]*\nExecStart=\/usr\/bin\/python3 -B main\.py "fetch all"\nRestart=always\n[^]*\nMemoryMax=64M\n/,
  );
  expect(text(JOB)).toMatch(
    /\nType=oneshot\n[^]*\nExecStartPre=-\+\S+ fleet-feed@job-digest\.service start\n[^]*\nTimeoutStartSec=600\n[^]*\nMemoryMax=48M\n/,
  );
  expect(text(TIMER)).toContain("\nOnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 6..20:0/15:00\n");
});
test("both are of the release, whole and by one service; a job that runs is not restarted by a change", () => {
  const units = desiredState(fleet, "primary").units.filter(({ name }) => name.includes("@"));
  expect(units.map(({ name, onChange, enable }) => [name, onChange, enable])).toEqual([
    [WORKER, "restart", true],
    [JOB, "none", false],
    [TIMER, "none", true],
  ]);
  const { part } = buildPart(fleet, "feed", FOLDER);
  expect(part.units.map(({ name }) => name)).toEqual(["fleet-feed.service", WORKER, JOB, TIMER]);
  const whole = buildRelease(fleet, "primary", FOLDER).release;
  for (const file of part.files) expect(whole.files).toContainEqual(file);
  expect(part.files).toHaveLength(5);
});
test("each is watched without being asked for", () => {
  expect(checksOf(fleet).filter(({ id }) => id.startsWith("feed/"))).toEqual([
    expect.objectContaining({ kind: "unit", id: "feed/fetcher", unit: WORKER }),
    expect.objectContaining({
      kind: "heartbeat",
      id: "feed/digest",
      unit: JOB,
      schedule: "*/15 6-20 * * 1-5",
      graceSeconds: 900,
    }),
  ]);
  expect(watchdogConfig(fleet).report?.units).toContain(WORKER);
});
test.each([
  ["jobs: { a: { schedule: '0 7 L * *', command: [/bin/true] } }", /timer of systemd's/],
  ["jobs: { a: { schedule: sometimes, command: [/bin/true] } }", /has to be cron/],
  ["jobs: { a: { schedule: daily, command: [digest] } }", /whole path/],
  ["jobs: { a: { schedule: daily, command: [/bin/true], timeout: 2d } }", /more than a day/],
  ["workers: { A_1: { command: [/bin/true] } }", /not a usable name/],
  [
    "workers: { a: { command: [/bin/true] } }, jobs: { a: { schedule: daily, command: [/bin/true] } }",
    /"a" is both a job and a worker of notes/,
  ],
  ["workers: { a: { command: [./gone] } }", /there is no file gone in src\/notes/],
  ["workers: { a: { command: [/bin/true], memory: 2000 } }", /memory limits add up/],
])("%s is refused", (keys, words) =>
  expect(problemsOf(MANIFEST.replace("kind: node,", `kind: node, ${keys},`)).join()).toMatch(words),
);
