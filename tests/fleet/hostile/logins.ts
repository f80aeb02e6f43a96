import { describe, expect, test } from "@jest/globals";
import { UNITS, USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { fleet } from "../kit";
import { asRoot, bring, rootSays } from "./attacker";
import { visitsDuring } from "./visitors";

const LOGINS = 40;

const ATTEMPT = "/var/tmp/login-attempt";

/** As many at once as there are to be, each its last words and its exit code in a line. */
const atOnce = (line: string): string =>
  [
    "words=$(mktemp -d)",
    `for one in $(seq ${LOGINS}); do (timeout 120 ${line} >$words/$one 2>&1 </dev/null; echo "exit $?" >>$words/$one) & done; wait`,
    `for one in $(seq ${LOGINS}); do tail -n 2 $words/$one | tr "\\n" " "; echo; done; rm -r $words`,
  ].join("\n");

/** A look for upgrades, and 700 MB on a machine of 512. Not a backup, which would be the first to go. */
const AT_WORK = [
  "apt-get --simulate -o Debug::NoLocking=true upgrade >/dev/null 2>&1 &",
  `sudo -u ${USERS.operator} python3 -c 'b"x" * (700 << 20)' 2>/dev/null; echo "greedy $?"`,
  "wait",
].join("\n");

const observatoryPid = (): Promise<string> =>
  rootSays("watcher", `systemctl show -p MainPID --value ${UNITS.observatory}`);

/** Forty logins at once, with every key that the other machine has. */
export const loginTests = (): void =>
  describe("a flood of logins from the other machine", () => {
    test("no key of the primary's lets anybody in on the watcher, whose Observatory goes on", async () => {
      const before = await observatoryPid();
      const users = [USERS.peer, USERS.operator, USERS.pull, USERS.observatory, "root"];
      const keys = [PATHS.peerKey, PATHS.sshHostKey];
      const script = [
        bring("login-attempt", ATTEMPT),
        `address=$(sed -n 's/^ *HostName //p' ${PATHS.sshConfig})`,
        atOnce(
          `sh ${ATTEMPT} $one $address ${users.flatMap((user) => keys.map((key) => `${user}:${key}`)).join(" ")}`,
        ),
        `rm ${ATTEMPT}`,
      ].join("\n");
      const said = (await rootSays("primary", script)).split("\n");
      expect(said).toHaveLength(LOGINS);
      expect(said.filter((line) => /let-in|exit 0/.test(line))).toEqual([]);
      // All of them were turned away by sshd, and not by a mistake of this test.
      expect(said.filter((line) => !/exit 255/.test(line))).toEqual([]);
      expect(said.filter((line) => /Permission denied/.test(line)).length).toBeGreaterThan(5);
      expect(await observatoryPid()).toBe(before);
    });

    test("the watcher's key gets two at a time on the primary, which goes on serving", async () => {
      const counting = asRoot(
        "primary",
        `most=0; for turn in $(seq 60); do now=$(pgrep -c -f 'agent.js peer'); [ $now -gt $most ] && most=$now; sleep 0.25; done; echo "most $most"`,
      );
      const { during: said, visits } = await visitsDuring("net", async () =>
        rootSays("watcher", atOnce(`ssh -F ${PATHS.sshConfig} peer state`)),
      );
      const lines = said.split("\n");
      expect(lines).toHaveLength(LOGINS);
      expect(lines.filter((line) => /sealed/.test(line)).length).toBeGreaterThan(0);
      const most = Number(/most (\d+)/.exec((await counting).out)?.[1]);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(2);
      expect(visits.filter(({ status }) => status !== 200)).toEqual([]);
      expect((await fleet("ssh", "primary", "--", "true")).code).toBe(0);
    });

    test("the Observatory outlives an operator's program that takes all memory while upgrades are looked for", async () => {
      const before = await observatoryPid();
      const { during: said, visits } = await visitsDuring(
        "net",
        () => rootSays("watcher", AT_WORK),
        { host: "status.example.test" },
      );
      // Whatever the host lets a machine have: it was ended, or it was given it.
      expect(said).toMatch(/^greedy (0|1|137)$/m);
      expect(visits.filter(({ status }) => status !== 200)).toEqual([]);
      expect(await observatoryPid()).toBe(before);
    });
  });
