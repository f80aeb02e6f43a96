import { describe, expect, test } from "@jest/globals";
import { serviceUser } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { fleet, must } from "../kit";
import { asRoot, bring, rootSays } from "./attacker";

const PROGRAM = "/var/tmp/super-journal.py";
const SERVICE = "dead-drop";
const DATABASE = `${PATHS.serviceData}/${SERVICE}/drops.db`;
/** Root's, in a folder of root's; everybody may read it. */
const VICTIM = "/etc/fleet-hostile-victim";

/** A service's user, at what the hourly backup and a restore open. */
export const takenOverServiceTests = (): void =>
  describe("a service that somebody has taken over", () => {
    const plant = [
      bring("super-journal.py", PROGRAM),
      `echo "root's word" >${VICTIM}`,
      `sudo -u ${serviceUser(SERVICE)} python3 ${PROGRAM} ${DATABASE} ${VICTIM}`,
    ].join("\n");
    const victim = (): Promise<string> => rootSays("primary", `cat ${VICTIM}`);

    test("its database's journal names a file of root's, which root would delete by opening it", async () => {
      const copy = "/var/tmp/hostile.db";
      const script = [
        bring("super-journal.py", PROGRAM),
        `echo "root's word" >${copy}-victim`,
        `python3 ${PROGRAM} ${copy} ${copy}-victim`,
        `python3 -c 'import sqlite3; sqlite3.connect("${copy}").execute("select count(*) from drops").fetchone()'`,
        `ls ${copy}*; rm -f ${copy}*`,
      ];
      expect(await rootSays("primary", script.join("\n"))).toBe(copy);
    });

    test("that file outlives a backup and a restore, which leave the service well", async () => {
      await rootSays("primary", plant);
      try {
        const { out, err } = await asRoot("primary", "fleet-agent backup prepare");
        expect(`${out}${err}`).toContain("prepared");
        expect(await victim()).toBe("root's word");
        await rootSays("primary", plant);
        await must(fleet("restore", SERVICE));
        expect(await victim()).toBe("root's word");
      } finally {
        await must(fleet("restore", SERVICE));
        await asRoot("primary", `rm -f ${VICTIM} ${PROGRAM}`);
      }
      expect(await rootSays("primary", `ls ${DATABASE}`)).toBe(DATABASE);
    });
  });
