import { describe, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { bring, lastJson, rootSays } from "./attacker";

const PROGRAM = "/var/tmp/readable.py";
const PLANTED = "/var/tmp/hostile-planted";

/** Whoever is anybody on a machine, as a service that somebody has taken over is. */
export const readableTests = (): void =>
  describe("a user without any right", () => {
    test.each(["primary", "watcher"] as const)(
      "finds no secret, token or key in what everybody may read on the %s",
      async (machine) => {
        const script = [
          bring("readable.py", PROGRAM),
          `secret=$(ls ${PATHS.secrets} | head -n 1)`,
          `install -m 644 ${PATHS.secrets}/$secret ${PLANTED}`,
          `python3 ${PROGRAM}`,
          `rm ${PROGRAM} ${PLANTED}`,
        ];
        const { secrets, read, found } = lastJson<{
          readonly secrets: number;
          readonly read: number;
          readonly found: readonly string[];
        }>(await rootSays(machine, script.join("\n")));
        expect(secrets).toBeGreaterThan(2);
        expect(read).toBeGreaterThan(300);
        // It finds what lies open, and nothing else does.
        expect(found.filter((one) => one.startsWith(`${PLANTED}:`))).toHaveLength(1);
        expect(found.filter((one) => !one.startsWith(`${PLANTED}:`))).toEqual([]);
      },
    );
  });
