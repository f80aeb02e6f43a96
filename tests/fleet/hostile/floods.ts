import { spawn } from "node:child_process";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { DEFAULT_LIMITS } from "../../../config/services/visitors";
import { fleet, must, PROJECT, stateDir } from "../kit";
import { rootSays } from "./attacker";
import { visitsDuring } from "./visitors";

const HOST = "blog.example.test";
const SLOW = 1200;
const FLOOD_SECONDS = 10;
const LINE_BYTES = 450;
/** What any client may ask in that time, on a host that takes twice as long. */
const FREE = DEFAULT_LIMITS.burst + DEFAULT_LIMITS.requestsPerSecond * 2 * FLOOD_SECONDS;

/** Holds slow connections from the owner's network until it is told to end. */
const holdSlowly = async (): Promise<() => Promise<void>> => {
  const child = spawn(
    `${PROJECT}/fleet`,
    ["net", "--", "node", join(__dirname, "slow-clients.cjs"), HOST, String(SLOW)],
    { env: { ...process.env, FLEET_STATE: stateDir() }, stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  await Promise.race([
    new Promise<void>((resolve) => {
      child.stdout.once("data", () => resolve());
    }),
    ended,
  ]);
  return async () => {
    child.stdin.end();
    await ended;
  };
};

/** Bytes of the web server's log, and lines of its in the journal. */
const logged = async (): Promise<{ readonly bytes: number; readonly lines: number }> => {
  const out = await rootSays(
    "primary",
    `du -sb ${PATHS.webLogs} | cut -f1; journalctl -q -u nginx -o cat --since -5min | wc -l`,
  );
  const [bytes, lines] = out.split("\n").map(Number);
  return { bytes: bytes ?? 0, lines: lines ?? 0 };
};

/** One client, at the web server. */
export const floodTests = (): void =>
  describe("one client that means harm", () => {
    test(`${SLOW} slow connections of it leave other visitors served`, async () => {
      const letGo = await holdSlowly();
      try {
        const { visits } = await visitsDuring("watcher", () => Promise.resolve(), {
          times: 40,
        });
        expect(visits.filter(({ status }) => status !== 200)).toEqual([]);
        const times = visits.map(({ seconds }) => seconds).sort((a, b) => a - b);
        expect(times[20]).toBeLessThan(1);
        const held = await rootSays(
          "primary",
          "ss -Htn state established '( sport = :80 or sport = :443 )' | wc -l",
        );
        expect(Number(held)).toBeLessThan(600);
      } finally {
        await letGo();
      }
    });

    test("a flood of refused requests writes next to nothing, and other visitors are served", async () => {
      const before = await logged();
      const { during, visits } = await visitsDuring("watcher", () =>
        must(fleet("net", "--", "node", join(__dirname, "flood.cjs"), HOST, String(FLOOD_SECONDS))),
      );
      const answers = Number(during.out.trim());
      expect(answers).toBeGreaterThan(2000);
      const after = await logged();
      // A line for each until the client is over what any may ask, then for one in a hundred.
      expect(after.bytes - before.bytes).toBeLessThan((FREE + answers / 50) * LINE_BYTES);
      expect(after.lines - before.lines).toBeLessThanOrEqual(600);
      expect(visits.filter(({ status }) => status !== 200)).toEqual([]);
    });
  });
