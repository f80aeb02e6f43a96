import { describe, expect, test } from "@jest/globals";
import { ANNOUNCED } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { fleet, must } from "../kit";
import { bring, lastJson, rootSays } from "./attacker";

const WEEK_MINUTES = 7 * 24 * 60;
const PROGRAM = "/var/tmp/sign.cjs";

/** What it signs → the status of the Observatory's answer. */
const REFUSED: readonly (readonly [Readonly<Record<string, unknown>>, number])[] = [
  [{ action: "maintenance", title: "quiet", minutes: WEEK_MINUTES }, 403],
  [{ action: "maintenance", title: "quiet", minutes: 60 }, 403],
  [{ action: "maintenance", title: "quiet", minutes: 16, services: ["blog"] }, 403],
  [{ action: "maintenance", title: ANNOUNCED.upgrades, minutes: 31 }, 403],
  [{ action: "maintenance", title: "quiet", minutes: 5, services: "abc" }, 400],
  [{ action: "maintenance", title: "quiet", minutes: "5" }, 400],
  [{ action: "maintenance", title: "quiet", minutes: -5 }, 400],
  [{ action: "snooze", incident: 1, by: "root", minutes: WEEK_MINUTES }, 403],
  [{ action: "acknowledge", incident: 1, by: "root" }, 403],
  [{ action: "report", force: true }, 403],
  [{ action: "forget-everything" }, 400],
];

/** Root on the primary, with the key that its watchdog signs with. */
export const signedMessagesTests = (): void =>
  describe("a primary that asks for silence", () => {
    test("a long window, silence of all, an incident put to rest, and what is not whole are refused", async () => {
      const messages = JSON.stringify(REFUSED.map(([message]) => message));
      const answers = lastJson<readonly (readonly [number, string])[]>(
        await rootSays(
          "primary",
          [
            bring("sign.cjs", PROGRAM),
            `node --use-openssl-ca ${PROGRAM} ${PATHS.watchdogSettings} '${messages}'`,
            `rm ${PROGRAM}`,
          ].join("\n"),
        ),
      );
      expect(answers.map(([status], index) => [REFUSED[index]?.[0], status])).toEqual(REFUSED);
      const { out } = await must(
        fleet("net", "--", "curl", "-fsS", "https://status.example.test/api/status"),
      );
      const { maintenance } = JSON.parse(out) as { maintenance: readonly { title: string }[] };
      expect(maintenance.filter(({ title }) => title === "quiet")).toEqual([]);
    });
  });
