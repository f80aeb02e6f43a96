import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";
import { CONTRACT_VERSION } from "@second-server/contract/version";

import { asRoot, bring, lastJson, rootSays } from "./attacker";

const HOSTILE = "/var/lib/hostile";
/** A pull that is refused is no longer than that, on a busy host too. */
const SECONDS = 300;

interface Standing {
  /** Of all backups, and which is the newest good one. */
  readonly ids: readonly string[];
  readonly newest: string;
  /** What else lies beside them. */
  readonly left: readonly string[];
  readonly problems: readonly string[];
}
interface Pulled extends Standing {
  readonly code: number;
  readonly seconds: number;
  readonly said: string;
}

/** Looks at the watcher's backups, after a pull where one is asked for. */
const LOOK = `import json, os, re, subprocess, sys, time
began, code, said = time.monotonic(), None, ""
if "pull" in sys.argv:
    done = subprocess.run(["timeout", "${2 * SECONDS}", "fleet-agent", "backup", "pull"], capture_output=True, text=True, errors="replace")
    code, said = done.returncode, (done.stdout + done.stderr)[-2000:]
seconds, names = time.monotonic() - began, os.listdir("${PATHS.backups}")
status = json.load(open("${PATHS.backupStatus}"))
ids = sorted(name for name in names if re.fullmatch(r"\\d{8}T\\d{6}Z", name))
left = [name for name in names if name not in ids and name not in ("status.json", "lock", "order") and not name.endswith(".doubtful")]
print(json.dumps({"code": code, "seconds": seconds, "said": said, "ids": ids, "left": left, "newest": status.get("newest"), "problems": status.get("problems", [])}))
`;
const look = async (words = ""): Promise<Pulled> =>
  lastJson<Pulled>(await rootSays("watcher", `python3 - ${words} <<'END'\n${LOOK}END\n`));

const serve = (kind: string): Promise<string> =>
  rootSays("primary", `printf %s ${kind} >${HOSTILE}/now`);

/** What it serves → why the watcher refuses it. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["a pipe as the manifest", "pipe", /manifest\.json is missing/],
  ["a device and a pipe that are told as files", "devices", /device is missing.*pipe is missing/],
  ["a file of 2 GiB that is told as empty", "lying-size", /holes is missing/],
  ["files that are not told", "many-files", /(more than the 0 files|is not in the manifest)/],
  ["a file behind a link to a folder of the watcher's", "through-link", /owned is missing/],
  ["words without end before it begins", "chatter", /did not prepare a backup/],
];

/** Root on the primary, at the watcher's pull. */
export const lyingPrimaryTests = (): void =>
  describe("a primary that lies to the watcher's pull", () => {
    let before: Standing;
    beforeAll(async () => {
      before = await look("pull");
      await rootSays(
        "primary",
        [
          `rm -rf ${HOSTILE} && mkdir -m 755 ${HOSTILE}`,
          bring("served.py", `${HOSTILE}.py`),
          `python3 ${HOSTILE}.py ${CONTRACT_VERSION}`,
          `chmod -R a+rX ${HOSTILE}`,
          `cp -a ${PATHS.peerCommand} ${PATHS.peerCommand}.honest`,
          `${bring("lying-command", PATHS.peerCommand)} && chmod 755 ${PATHS.peerCommand}`,
        ].join("\n"),
      );
    });
    afterAll(async () => {
      await asRoot(
        "primary",
        `mv ${PATHS.peerCommand}.honest ${PATHS.peerCommand}; rm -rf ${HOSTILE} ${HOSTILE}.py`,
      );
    });

    test.each(REFUSED)("%s is refused soon, and leaves nothing", async (_what, kind, why) => {
      await serve(kind);
      const { code, seconds, said, ...standing } = await look("pull");
      expect(said.replaceAll("\n", " ")).toMatch(why);
      expect(code).toBe(1);
      expect(seconds).toBeLessThan(SECONDS);
      expect(standing).toMatchObject({ ids: before.ids, newest: before.newest, left: before.left });
      // Told at once, not by the newest one's age.
      expect(standing.problems).toHaveLength(1);
    });

    test("a backup without any data is kept as doubtful, and never becomes the newest good one", async () => {
      await serve("no-data");
      const { newest, problems } = await look("pull");
      expect(newest).toBe(before.newest);
      expect(problems.join(" ")).toMatch(/is doubtful: .*is gone/);
      const plan = await rootSays("watcher", "fleet-agent backup plan --json");
      const { items } = JSON.parse(plan) as { items: readonly { id: string }[] };
      expect([...new Set(items.map(({ id }) => id))]).toEqual([before.newest]);
    });

    test("what runs with another's rights comes without them, and holes stay holes", async () => {
      await serve("tame");
      const { newest } = await look("pull");
      expect(newest).toBe(before.newest);
      const odd = `find ${PATHS.backups} ( -perm /6002 -o -not -type f -not -type d -not -type l ) -not -type l`;
      expect(await rootSays("watcher", odd.replaceAll(/[()]/g, "\\$&"))).toBe("");
      const kilobytes = await rootSays(
        "watcher",
        `du -sk ${PATHS.backups}/*/data/blog/holes | cut -f1`,
      );
      expect(Number(kilobytes)).toBeLessThan(1024);
    });

    test("once it is honest again, the next pull is the newest good one, and the others are as they were", async () => {
      await rootSays("primary", `cp -a ${PATHS.peerCommand}.honest ${PATHS.peerCommand}`);
      const { code, newest, ids, problems } = await look("pull");
      expect([code, problems]).toEqual([0, []]);
      expect(newest).not.toBe(before.newest);
      const made = ids.filter((id) => !before.ids.includes(id) && id !== newest);
      await rootSays(
        "watcher",
        made
          .map((id) => `rm -rf ${PATHS.backups}/${id} ${PATHS.backups}/${id}.doubtful`)
          .join("\n"),
      );
      expect(await rootSays("watcher", "fleet-agent backup verify")).toContain("verified");
    });
  });
