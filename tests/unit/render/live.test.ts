import { expect, test } from "@jest/globals";

import type { FleetFacts } from "../../../config/fleet";
import { desiredState } from "../../../render/desired-state";
import { renderPrimary, renderWatcher } from "../../../render/machine";
import { sampleFleet } from "../cli/sample";

const UNIT = "backup-live.service";
const withData = (live: boolean, kind: "sqlite" | "file"): FleetFacts => ({
  ...sampleFleet,
  backups: { ...sampleFleet.backups, live },
  services: sampleFleet.services.map((service) => ({
    ...service,
    data: [{ kind, path: `/var/lib/fleet/${service.name}/data` }],
  })),
});
const texts = (fleet: FleetFacts): readonly string[] =>
  renderWatcher(fleet).map(({ path, text }) => `${path}\n${text}`);
const units = (fleet: FleetFacts, role: "primary" | "watcher"): readonly string[] =>
  desiredState(fleet, role).units.map(({ name }) => name);

test("databases are followed where the manifest says so, by a unit and a check of the watcher's", () => {
  const fleet = withData(true, "sqlite");
  expect(units(fleet, "watcher")).toContain(UNIT);
  const unit = texts(fleet).find((text) => text.startsWith(`/etc/systemd/system/${UNIT}\n`));
  expect(unit).toContain("User=fleet-pull");
  expect(unit?.match(/^MemoryMax=.*$/gm)).toEqual(["MemoryMax=80M"]);
  expect(texts(fleet).some((text) => text.includes('"live-copies"'))).toBe(true);
  expect(units(fleet, "primary")).not.toContain(UNIT);
});

test.each([
  [false, "sqlite"],
  [true, "file"],
] as const)("nothing of it runs with live: %j and data of the kind %s", (live, kind) => {
  const fleet = withData(live, kind);
  expect(units(fleet, "watcher")).not.toContain(UNIT);
  const all = [...texts(fleet), ...renderPrimary(fleet).map(({ text }) => text)];
  expect(all.filter((text) => /live-copies|backup follow/.test(text))).toEqual([]);
});
