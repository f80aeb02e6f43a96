import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

import { scheduleFiles, writeSchedule } from "../../../cli/drill-schedule";

const FOLDER = mkdtempSync(join(tmpdir(), "fleet-schedule-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

describe("a weekly rehearsal by systemd", () => {
  const said = writeSchedule("systemd", { project: FOLDER, mailBy: "prod" });
  const units = ["second-server-drills.service", "second-server-drills.timer"].map((name) =>
    join(FOLDER, name),
  );

  test("is two units that systemd takes", () => {
    const ran = spawnSync("systemd-analyze", ["verify", "--man=no", ...units], {
      encoding: "utf8",
    });
    if (ran.error) return expect((ran.error as NodeJS.ErrnoException).code).toBe("ENOENT");
    // What it says of the host's own units is not about these.
    expect(ran.stderr.split("\n").filter((line) => line.includes("second-server-drills"))).toEqual(
      [],
    );
  });

  test("says what was written, and what is left to do", () => {
    expect(said.slice(0, 2)).toEqual([
      "written: second-server-drills.service",
      "written: second-server-drills.timer",
    ]);
    expect(said.join("\n")).toContain("systemctl enable --now second-server-drills.timer");
  });

  test("mails by the stack that was named, and by none where none was", () => {
    const service = (mailBy?: string): string =>
      scheduleFiles("systemd", { project: FOLDER, mailBy }).get("second-server-drills.service") ??
      "";
    expect(service("prod")).toContain("--mail prod'");
    expect(service()).not.toContain("--mail");
  });
});

test("a weekly rehearsal by GitHub's CI is a workflow that ends what it began, whatever happens", () => {
  const [text = ""] = scheduleFiles("github", { project: FOLDER, mailBy: "prod" }).values();
  const { on, jobs } = parse(text) as {
    readonly on: Record<string, unknown>;
    readonly jobs: {
      readonly drills: {
        readonly steps: readonly { readonly run?: string; readonly if?: string }[];
      };
    };
  };
  expect(on).toEqual({ schedule: [{ cron: "0 3 * * 0" }], workflow_dispatch: null });
  const runs = jobs.drills.steps.flatMap(({ run, if: when }) => (run ? [[run, when]] : []));
  expect(runs).toEqual([
    ["npm ci", undefined],
    ["./fleet up", undefined],
    ["./fleet drill --all --report ./drills.html --history ./drills.jsonl --mail prod", undefined],
    ["./fleet destroy", "always()"],
  ]);
});

test("files of before are replaced", () => {
  writeFileSync(join(FOLDER, "second-server-drills.timer"), "old");
  writeSchedule("systemd", { project: FOLDER });
  const ran = spawnSync("grep", ["-c", "OnCalendar", join(FOLDER, "second-server-drills.timer")]);
  expect(ran.stdout.toString().trim()).toBe("1");
});
