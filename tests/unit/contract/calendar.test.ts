import { spawnSync } from "node:child_process";

import { expect, test } from "@jest/globals";
import { calendarsOf } from "@second-server/contract/calendar";

import { suiteWhere } from "../../fixtures/suite-where";

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ["15 3 * * *", ["*-*-* 3:15:00"]],
  ["*/15 6-20 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 6..20:0/15:00"]],
  ["0 0 1 */3 *", ["*-1/3-1 0:0:00"]],
  ["30 4 1,15 JAN-MAR *", ["*-1..3-1,15 4:30:00"]],
  ["0 7 * * 0", ["Sun *-*-* 7:0:00"]],
  ["0 7 * * 5-7", ["Fri,Sat,Sun *-*-* 7:0:00"]],
  ["0 7 * * sun,wed", ["Sun,Wed *-*-* 7:0:00"]],
  ["0 7 * * */2", ["Sun,Tue,Thu,Sat *-*-* 7:0:00"]],
  // Either will do for cron.
  ["0 7 13 * FRI", ["*-*-13 7:0:00", "Fri *-*-* 7:0:00"]],
  ["daily", ["daily"]],
  ["Mon *-*-* 03:00", ["Mon *-*-* 03:00"]],
];

test.each(CASES)("%s", (schedule, calendars) => expect(calendarsOf(schedule)).toEqual(calendars));
test.each(["0 7 L * *", "0 7 * * 5#2", "0 7 ? * *"])(
  "what systemd does not know is refused: %s",
  (schedule) => expect(() => calendarsOf(schedule)).toThrow(/is not known to systemd/),
);

const FOUND = spawnSync("systemd-analyze", ["--version"]).status === 0;
suiteWhere(FOUND ? null : "systemd-analyze is not installed", "systemd itself", () => {
  test.each(CASES.flatMap(([, calendars]) => calendars))("reads %s", (calendar) => {
    const { status, stderr } = spawnSync("systemd-analyze", ["calendar", calendar], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
