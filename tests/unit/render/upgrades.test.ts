import { spawnSync } from "node:child_process";

import { afterAll, describe, expect, test } from "@jest/globals";

import { desiredState } from "../../../render/desired-state";
import { renderMachine } from "../../../render/machine";
import { calendarOf } from "../../../render/upgrades";
import {
  MANIFEST,
  SOURCES,
  factsIn,
  problemsOf,
  project,
  removeProjects,
} from "../../fixtures/manifest";
import { suiteWhere } from "../../fixtures/suite-where";

afterAll(removeProjects);
const WINDOW = 'upgrades: { window: { days: [sun, wed], at: "23:50", lasts: 1h } }\n';
const without = factsIn(project());
const within = factsIn(project({ ...SOURCES, "fleet.yaml": `${MANIFEST}${WINDOW}` }));
const streaming = {
  ...within,
  services: within.services.map((service) => ({
    ...service,
    streaming: service.name === "notes",
  })),
};
const NEEDRESTART = "/etc/needrestart/conf.d/fleet.conf";
const file = (fleet: typeof without, role: "primary" | "watcher", path: string) =>
  renderMachine(fleet, role).find((one) => one.path === path);

describe("the window", () => {
  test("the primary has its first half, the watcher its second, on the next day where it is", () => {
    const window = { days: [0, 6], at: "23:50", minutes: 60 };
    expect(calendarOf(window, "primary")).toBe("OnCalendar=Sun,Sat *-*-* 23:50:00 UTC");
    expect(calendarOf(window, "watcher")).toBe("OnCalendar=Mon,Sun *-*-* 00:20:00 UTC");
  });

  test.each(["primary", "watcher"] as const)(
    "the %s has a timer where there is a window, and can be rebooted by hand where there is none",
    (role) => {
      const names = (fleet: typeof without): readonly string[] =>
        desiredState(fleet, role).units.map(({ name }) => name);
      expect(names(within)).toEqual(expect.arrayContaining(["upgrade-reboot.timer"]));
      expect(names(without)).not.toContain("upgrade-reboot.timer");
      expect(names(without)).toContain("upgrade-reboot.service");
      expect(file(without, role, "/etc/systemd/system/upgrade-reboot.timer")).toBeUndefined();
    },
  );

  test("one that is too short for both, or lasts half a day and more, is refused with what it may be", () => {
    for (const lasts of ["10m", "13h"])
      expect(problemsOf(`${MANIFEST}${WINDOW.replace("1h", lasts)}`)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/upgrades\.window\.lasts: has to be from 20m to 12h/),
        ]),
      );
  });
});

test("nginx and each service with a process are restarted by what loses no request, and both machines have the tool", () => {
  const scripts = renderMachine(without, "primary").filter(({ path }) =>
    path.startsWith("/etc/needrestart/restart.d/"),
  );
  const own = without.services.filter(({ user }) => user !== undefined);
  expect(scripts.map(({ path }) => path.split("/").at(-1))).toEqual([
    "nginx.service",
    ...own.map(({ name }) => `fleet-${name}.service`),
  ]);
  for (const { mode, text } of scripts) {
    expect(mode).toBe(0o755);
    expect(spawnSync("sh", ["-n"], { input: text }).status).toBe(0);
  }
  for (const role of ["primary", "watcher"] as const)
    expect(desiredState(without, role).packages).toContain("needrestart");
});

const PERL = spawnSync("perl", ["-v"]).status === 0;
suiteWhere(PERL ? null : "perl is not installed", "needrestart's own reading", () => {
  /** As needrestart chooses: by the first that fits, sorted. */
  const restarted = (
    fleet: typeof without,
    unit: string,
    env: Record<string, string> = {},
    role: "primary" | "watcher" = "primary",
  ) => {
    const text = file(fleet, role, NEEDRESTART)?.text ?? "";
    const program = `our %nrconf = (override_rc => {}); ${text}
      my $is = 1;
      foreach my $re (sort keys %{$nrconf{override_rc}}) { next unless("${unit.replace("@", "\\@")}" =~ /$re/); $is = $nrconf{override_rc}->{$re}; last; }
      print $nrconf{restart}, $is;`;
    const { stdout, stderr } = spawnSync("perl", ["-we", program], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
    });
    expect(stderr.replaceAll(/.*used only once.*\n/g, "")).toBe("");
    return stdout;
  };

  test.each([
    "nginx.service",
    "cron.service",
    "ssh.service",
    "fleet-wiki.service",
    "fleet-watchdog.service",
    "observatory.service",
    "fleet-wiki@worker-mail.service",
  ])("%s is restarted, and nobody is asked", (unit) => expect(restarted(without, unit)).toBe("a1"));

  test.each([
    "run-r0123.service",
    "run-u12.service",
    "release-aftercare.service",
    "backup-copy-wiki.service",
    "backup-pull.service",
    "certbot.service",
    "renewal-trial.service",
    "renew-services.service",
    "renew-one.service",
    "upgrade-reboot.service",
    "fleet-wiki@job-digest.service",
    "fleet-wiki@next.service",
    "fleet-wiki@wait.service",
  ])("%s is at work, and stays so", (unit) => expect(restarted(without, unit)).toBe("a0"));

  test("who moves the names is at work, where the watcher takes over", () => {
    const taking = factsIn(
      project({ ...SOURCES, "fleet.yaml": `${MANIFEST}failover: {}\n` }),
      undefined,
      ["failover-token"],
    );
    expect(restarted(taking, "failover.service", {}, "watcher")).toBe("a0");
  });

  test("a streaming service waits for the window, where there is one; the others don't", () => {
    const first = "fleet-notes.service";
    const other = streaming.services.find(
      ({ user, name }) => user !== undefined && name !== "notes",
    );
    expect(restarted(streaming, first)).toBe("a0");
    expect(restarted(streaming, first, { FLEET_WINDOW: "1" })).toBe("a1");
    expect(restarted(streaming, `fleet-${other?.name}.service`)).toBe("a1");
    expect(restarted({ ...streaming, upgrades: {} }, first)).toBe("a1");
  });
});
