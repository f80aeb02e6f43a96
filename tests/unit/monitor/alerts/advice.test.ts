import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { loadFleet } from "../../../../config/load";
import { adviceFor } from "../../../../monitor/alerts/advice";
import { checksOf, watchedOf } from "../../../../monitor/settings";
import { observatoryConfig, watchdogConfig } from "../../../../render/monitor";

const ROOT = join(__dirname, "../../../..");
const shipped = loadFleet(ROOT, "local");
const config = observatoryConfig(shipped);
const all = [
  ...checksOf(config).map((check) => watchedOf(check, config)),
  ...(watchdogConfig(shipped).watcher?.checks ?? []).map(
    (check) =>
      ({
        id: check.id,
        check,
        layer: check.layer ?? "service",
        machine: "watcher",
        rule: { failAfter: 3, passAfter: 2 },
      }) as const,
  ),
];

test.each(all.map((watched) => [watched.id, adviceFor(watched)] as const))(
  "%s: an alert says what it affects and what to do, by commands and runbooks that exist",
  (id, { wrong, affects, steps }) => {
    expect(wrong).not.toBe(`${id} fails`);
    expect(affects).toMatch(/\w.*\.$/);
    expect(steps.length).toBeGreaterThan(0);
    for (const { say, run } of steps) {
      const [, command] = /^\.\/fleet (\w+)/.exec(run ?? "./fleet up") ?? [];
      expect(existsSync(join(ROOT, `cli/commands/${command}.ts`))).toBe(true);
      const [page] = /docs\/runbooks\/[\w-]+\.md/.exec(say) ?? ["README.md"];
      expect(existsSync(join(ROOT, page))).toBe(true);
    }
  },
);
