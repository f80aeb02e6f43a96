/**
 * The Observatory's history goes to the primary and comes back, both sides run for real; what lies
 * between them (systemd-run, ssh) is handed over here.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { BackupStatus } from "@second-server/contract/backups";

import type { Machine } from "../../../agent/machine";
import { bringHistoryBack, bringHistoryFirst } from "../../../agent/observatory/bring-back";
import { copyFile, copyIds, takeCopy } from "../../../agent/observatory/copies";
import { sendHistory } from "../../../agent/observatory/send";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const HOME = "/var/lib/observatory";
const DATABASE = `${HOME}/observatory.db`;
const PASSWORD = "the watcher's alone";
const COPIES = "/var/lib/fleet-agent/observatory-copies";

let primary: TemporaryMachine;
let watcher: TemporaryMachine;
let reachable: boolean;

/** What its units do, over the connection that the test stands for. */
const connected = (machine: TemporaryMachine): Machine => ({
  ...machine,
  run: async (argv, options = {}) => {
    const words = argv.join(" ");
    if (!/history-(out|in)/.test(words)) return await machine.run(argv, options);
    const answer = { code: 0, stdout: "", stderr: "" };
    if (!reachable) return { ...answer, code: 255, stderr: "no route to host" };
    if (words.endsWith("history-out"))
      try {
        // A process of its own has an open file of its own.
        await takeCopy(primary, openSync(`/proc/self/fd/${options.inputFile ?? -1}`, "r"));
        return answer;
      } catch (error) {
        return { ...answer, code: 1, stderr: String(error) };
      }
    const file = copyFile(primary, Number(argv.at(-1)));
    if (file !== undefined) writeSync(options.outputFile ?? -1, readFileSync(file));
    return answer;
  },
});
const sqlite = (machine: TemporaryMachine, words: string): string =>
  execFileSync("python3", [
    "-c",
    `import sqlite3\nbase = sqlite3.connect(${JSON.stringify(machine.at(DATABASE))})\n${words}\nbase.commit()`,
  ])
    .toString()
    .trim();
const newWatcher = (password = PASSWORD): TemporaryMachine => {
  const machine = temporaryMachine();
  mkdirSync(machine.at(HOME), { recursive: true });
  machine.write("/etc/fleet/secrets/repository-password", password);
  return machine;
};
const begin = (machine: TemporaryMachine, incident: string): void => {
  sqlite(
    machine,
    `base.execute("pragma journal_mode = wal"); base.execute("create table incident (name)"); base.execute("insert into incident values ('${incident}')")`,
  );
};
const incidents = (machine: TemporaryMachine): string =>
  sqlite(machine, `print([name for (name,) in base.execute("select name from incident")])`);
const statusOf = (machine: TemporaryMachine): BackupStatus =>
  JSON.parse(machine.read("/var/lib/fleet-backups/status.json")) as BackupStatus;
const keptBytes = (): string =>
  copyIds(primary)
    .map((id) => readFileSync(primary.at(`${COPIES}/${id}`), "latin1"))
    .join();

beforeEach(() => {
  primary = temporaryMachine();
  watcher = newWatcher();
  reachable = true;
  begin(watcher, "the disk was full");
});
afterEach(() => {
  primary.remove();
  watcher.remove();
});

test("a new watcher has the history of the lost one, which the primary could not read", async () => {
  expect(await sendHistory(connected(watcher))).toBe(true);
  expect(statusOf(watcher).history).toEqual({ at: "2026-11-21T12:00:00.000Z" });
  expect(keptBytes()).not.toMatch(/SQLite|disk was full/);
  expect(watcher.confined).toEqual([
    expect.objectContaining({ name: "backup-copy-observatory", owner: "observatory" }),
  ]);
  expect(existsSync(watcher.at("/var/lib/fleet-agent/observatory-copy"))).toBe(false);

  const fresh = newWatcher();
  await bringHistoryFirst(connected(fresh));
  expect(fresh.said.at(-1)).toBe(
    "the Observatory's history is back, as it was at 2026-11-21T12:00:00.000Z",
  );
  expect(incidents(fresh)).toBe("['the disk was full']");
  expect(fresh.confined.at(-1)).toMatchObject({ owner: "observatory" });
  expect(readdirSync(fresh.at(HOME))).toEqual(["observatory.db"]);
  fresh.remove();
});

test("of copies that were changed, cut off or sealed by somebody else none is taken, and one before that is whole is", async () => {
  await sendHistory(connected(watcher));
  const [good = ""] = copyIds(primary);
  const kept = readFileSync(primary.at(`${COPIES}/${good}`));
  const lie = async (what: (bytes: Buffer) => Buffer): Promise<TemporaryMachine> => {
    primary.write(`${COPIES}/20261122T000000Z`, "");
    writeFileSync(primary.at(`${COPIES}/20261122T000000Z`), what(Buffer.from(kept)));
    const fresh = newWatcher();
    await bringHistoryFirst(connected(fresh));
    return fresh;
  };
  const flipped = (at: number) => (bytes: Buffer) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  for (const at of [0, 20, 50, 90, kept.length - 1]) {
    const fresh = await lie(flipped(at));
    expect([at, incidents(fresh)]).toEqual([at, "['the disk was full']"]);
    fresh.remove();
  }
  const short = await lie((bytes) => bytes.subarray(0, 100));
  expect(incidents(short)).toBe("['the disk was full']");
  short.remove();

  const stranger = newWatcher("another password");
  await bringHistoryFirst(connected(stranger));
  expect(stranger.said.at(-1)).toMatch(
    /a new one begins: no copy that the primary has can be opened: .*it was changed, or sealed with another password/,
  );
  expect(existsSync(stranger.at(DATABASE))).toBe(false);
  stranger.remove();
});

test("what comes cut off, or is no copy at all, leaves on the primary what is there", async () => {
  await sendHistory(connected(watcher));
  const before = [...copyIds(primary)];
  const give = async (change: (path: string) => void): Promise<void> => {
    const path = primary.at("/sent");
    writeFileSync(path, readFileSync(primary.at(`${COPIES}/${before[0] ?? ""}`)));
    change(path);
    await takeCopy(primary, openSync(path, "r"));
  };
  await expect(give((path) => truncateSync(path, 200))).rejects.toThrow(
    "nothing was kept: it has 200 bytes of the",
  );
  await expect(give((path) => writeFileSync(path, "x".repeat(500)))).rejects.toThrow(
    "it is no sealed file",
  );
  await expect(give((path) => truncateSync(path, 129 * 1024 * 1024))).rejects.toThrow(
    "larger than 134217728 bytes",
  );
  expect(readdirSync(primary.at(COPIES))).toEqual(before);
  await give(() => undefined);
  expect(copyIds(primary)).toHaveLength(2);
});

test("copies go by the day: who floods the primary pushes none of an earlier day out", async () => {
  await sendHistory(connected(watcher));
  const [first = ""] = copyIds(primary);
  await primary.sleep(86_400_000);
  const sent = primary.at(`${COPIES}/${first}`);
  for (let count = 0; count < 30; count += 1) {
    await takeCopy(primary, openSync(sent, "r"));
    await primary.sleep(1000);
  }
  expect(copyIds(primary)).toHaveLength(3);
  expect(copyIds(primary)).toContain(first);
});

test("where the primary is out of reach, the reason is noted, and the copy of before with its age", async () => {
  await sendHistory(connected(watcher));
  reachable = false;
  expect(await sendHistory(connected(watcher))).toBe(false);
  expect(statusOf(watcher).history).toEqual({
    at: "2026-11-21T12:00:00.000Z",
    error: "the primary did not take it (exit 255): no route to host",
  });
  const fresh = newWatcher();
  await bringHistoryFirst(connected(fresh));
  expect(fresh.said.at(-1)).toContain("a new one begins: the primary did not give it (exit 255)");

  // Later, by an operator: what began meanwhile is kept beside.
  reachable = true;
  begin(fresh, "a new beginning");
  await bringHistoryFirst(connected(fresh));
  expect(incidents(fresh)).toBe("['a new beginning']");
  await bringHistoryBack(connected(fresh));
  expect(incidents(fresh)).toBe("['the disk was full']");
  expect(fresh.ran).toEqual(
    expect.arrayContaining([
      "systemctl stop observatory.service",
      "systemctl start observatory.service",
    ]),
  );
  expect(readdirSync(fresh.at(HOME))).toContain("observatory.db.before-20261121T120000Z");
  fresh.remove();
});

test("a first fleet's primary has none, and that is said", async () => {
  const fresh = newWatcher();
  await bringHistoryFirst(connected(fresh));
  expect(fresh.said).toEqual(["the primary has no copy of the Observatory's history"]);
  fresh.remove();
});
