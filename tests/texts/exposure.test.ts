/** What systemd itself says of the units of ours: 0 is nothing to be had, 10 is root. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";
import { PREPARE_UNIT } from "@second-server/contract/units";

import { confined } from "../../agent/confine";
import { loadFleet } from "../../config/load";
import { renderMachine } from "../../render/machine";
import { pullUnit } from "../../render/system";
import { hasProcess, observatoryUnit, serviceUnit, watchdogUnit } from "../../render/units";
import { suiteWhere } from "../fixtures/suite-where";

const MOST = 20;
/** Of what comes from Debian, with our drop-in. */
const MOST_OF_DEBIANS = 50;
const FOLDER = mkdtempSync(join(tmpdir(), "second-server-exposure-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const asUnit = (lines: readonly string[]): string =>
  ["[Service]", "ExecStart=/usr/bin/true", ...lines].join("\n");
const PROPERTY = "--property=";
const copy = confined([], {
  name: "backup-copy-wiki",
  owner: "svc-wiki",
  writable: ["/var/lib/fleet/wiki"],
  seconds: 60,
  memoryMiB: 64,
}).flatMap((word) => (word.startsWith(PROPERTY) ? [word.slice(PROPERTY.length)] : []));

const fleet = loadFleet(join(__dirname, "../.."), "local");
const textOf = (end: string): string => {
  const found = renderMachine(fleet, "primary").find(({ path }) => path.includes(end));
  if (!found) throw new Error(`no file of the primary's is ${end}`);
  return found.text;
};
const units: readonly (readonly [string, string])[] = [
  ["the watchdog", watchdogUnit().text],
  ["the Observatory", observatoryUnit(fleet).text],
  ["the pull of a backup", pullUnit().text],
  ["putting settings in force", textOf("host-settings.service")],
  ["swap", textOf("swap-file.service")],
  ["restarts onto upgraded libraries", textOf("renew-services.service")],
  ["what upgrades have brought", textOf("upgrade-outcome.service")],
  ["the reboot that upgrades ask for", textOf("upgrade-reboot.service")],
  ["its preparing", asUnit(PREPARE_UNIT)],
  ["the copy of a service's data", asUnit(copy)],
  ...fleet.services
    .filter(hasProcess)
    .map((service) => [service.name, serviceUnit(service).text] as const),
];

/** As Debian 13's package has it, and then ours. */
const DEBIANS_NGINX = [
  "[Service]",
  "Type=forking",
  "PIDFile=/run/nginx.pid",
  "ExecStart=/usr/sbin/nginx -g 'daemon on; master_process on;'",
  "KillMode=mixed",
].join("\n");
const exposureOf = (name: string, text: string): number => {
  const path = join(FOLDER, `${name.replaceAll(/\W/g, "-")}.service`);
  writeFileSync(path, text);
  const { stdout } = spawnSync(
    "systemd-analyze",
    ["security", "--offline=yes", "--no-pager", path],
    { encoding: "utf8" },
  );
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
};

const KNOWS =
  spawnSync("systemd-analyze", ["security", "--help"], { encoding: "utf8" }).stdout?.includes(
    "--threshold",
  ) ?? false;
suiteWhere(KNOWS ? null : "systemd-analyze is not installed", "systemd-analyze security", () => {
  test.each(units)("%s", (name, text) => {
    expect(exposureOf(name, text)).toBeLessThanOrEqual(MOST / 10);
  });

  test("nginx, with the drop-in", () => {
    expect(exposureOf("nginx-of-debian", DEBIANS_NGINX)).toBeGreaterThan(MOST_OF_DEBIANS / 10);
    expect(
      exposureOf("nginx", `${DEBIANS_NGINX}\n${textOf("nginx.service.d/")}`),
    ).toBeLessThanOrEqual(MOST_OF_DEBIANS / 10);
  });
});
