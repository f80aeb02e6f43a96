/**
 * Live copies, both sides run for real; what lies between them (systemd-run, ssh, rsync) is handed
 * over here.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, truncateSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { LiveStatus } from "@second-server/contract/backups";

import { faultsOf } from "../../../agent/backup/manifest";
import { planRestore } from "../../../agent/backup/plan-restore";
import { idOf } from "../../../agent/backup/retention";
import { forgetInFolders } from "../../../agent/backup/without-service";
import { expiredLive, liveIds } from "../../../agent/live/copies";
import { followOnce } from "../../../agent/live/follow";
import { prepareLive } from "../../../agent/live/prepare-live";
import { awaitChange, databasesOf, exported } from "../../../agent/live/watch";
import type { Machine } from "../../../agent/machine";
import { runAndCollect } from "../../../agent/process";
import { select } from "../../../agent/repository/export";
import { keepFolder } from "./repository-kit";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const DATABASE = "/var/lib/fleet/wiki/wiki.db";
const ITEM = "data/wiki/wiki.db";
const EXPORT = "/var/backups/fleet/live";

let primary: TemporaryMachine;
let watcher: TemporaryMachine;
let fetched: number;

const onPrimary = (): Machine => ({
  ...primary,
  run: async (argv, options) => await primary.run(argv, options),
});
/** Over the connection that the test stands for. */
const onWatcher = (): Machine => ({
  ...watcher,
  run: async (argv, options) => {
    const line = argv.join(" ");
    const [, has] = / peer live (\d+)$/.exec(line) ?? [];
    if (has !== undefined) {
      const changed = await waited(Number(has));
      const answer = changed ? JSON.stringify(exported(primary)) : "same";
      return { code: 0, stdout: `made ready\n${answer}\n`, stderr: "" };
    }
    if (argv[0] !== "rsync") return await watcher.run(argv, options);
    fetched += 1;
    const [target = ""] = argv.slice(-1);
    return await runAndCollect(["cp", "-a", "-T", primary.at(`${EXPORT}/data`), `${target}data`]);
  },
});
/** The unit that makes copies is this process. */
const waited = async (has: number): Promise<boolean> =>
  await awaitChange(onPrimary(), has, undefined, async (paths) => {
    await prepareLive(onPrimary(), paths);
    return 0;
  });

const sqlite = (path: string, words: string): string =>
  execFileSync("python3", [
    "-c",
    `import sqlite3\nbase = sqlite3.connect(${JSON.stringify(path)})\n${words}\nbase.commit()`,
  ])
    .toString()
    .trim();
const write = (text: string): void => {
  sqlite(
    primary.at(DATABASE),
    `base.execute("pragma journal_mode = wal"); base.execute("create table if not exists page (text)"); base.execute("insert into page values ('${text}')")`,
  );
};
const pages = (folder: string): string =>
  sqlite(`${folder}/${ITEM}`, `print([text for (text,) in base.execute("select text from page")])`);
const statusOf = (): LiveStatus =>
  JSON.parse(watcher.read("/run/fleet-live/status.json")) as LiveStatus;
const shelf = { snapshots: () => Promise.resolve([]), bring: () => Promise.reject(new Error()) };

const both = async (milliseconds: number): Promise<void> => {
  await Promise.all([watcher.sleep(milliseconds), primary.sleep(milliseconds)]);
};

beforeEach(() => {
  [primary, watcher, fetched] = [temporaryMachine(), temporaryMachine(), 0];
  const item = { service: "wiki", unit: "fleet-wiki.service", owner: "svc-wiki" };
  primary.write(
    "/var/lib/fleet-agent/applied.json",
    JSON.stringify({
      sha: "abc",
      release: {
        data: [
          { ...item, kind: "sqlite", path: DATABASE },
          { ...item, kind: "directory", path: "/var/lib/fleet/wiki/files" },
        ],
      },
    }),
  );
  watcher.write(
    "/etc/fleet/backup.json",
    JSON.stringify({ keep: { hourly: 24, daily: 7, weekly: 4 }, everyMinutes: 60, items: [ITEM] }),
  );
  mkdirSync(primary.at("/var/lib/fleet/wiki"), { recursive: true });
});
afterEach(() => {
  primary.remove();
  watcher.remove();
});

test("a commit is on the watcher with the next question; nothing is fetched while nothing changes", async () => {
  expect(databasesOf(primary)).toHaveLength(1);
  write("one");
  await followOnce(onWatcher());
  const [first = ""] = liveIds(watcher);
  expect(pages(watcher.at(`/var/lib/fleet-backups/live/${first}`))).toBe("['one']");
  const before = fetched;
  await followOnce(onWatcher());
  await followOnce(onWatcher());
  expect([fetched, liveIds(watcher)]).toEqual([before, [first]]);

  await both(60_000);
  write("two");
  await followOnce(onWatcher());
  const [second = ""] = liveIds(watcher);
  expect(pages(watcher.at(`/var/lib/fleet-backups/live/${second}`))).toBe("['one', 'two']");
  expect(statusOf()).toMatchObject({ problems: [] });
  expect(readdirSync(watcher.at("/var/lib/fleet-backups/live"))).not.toContain(".coming");
});

test("a point between two copies is had, and a recovery takes the newest beside the last backup", async () => {
  keepFolder(watcher, "20261121T110000Z", { [ITEM]: "old", "letsencrypt/x": "certificate" });
  write("one");
  await followOnce(onWatcher());
  await both(120_000);
  sqlite(primary.at(DATABASE), `base.execute("drop table page")`);
  write("anew");
  await followOnce(onWatcher());
  const at = new Date(watcher.now().getTime() - 60_000).toISOString();
  const selected = await select(watcher, shelf, { at, paths: [ITEM] });
  expect(pages(selected.folder)).toBe("['one']");

  const plan = await planRestore(watcher, {}, shelf);
  expect(plan.items.map(({ item, id }) => [item, id])).toEqual([
    [ITEM, liveIds(watcher)[0]],
    ["letsencrypt/x", "20261121T110000Z"],
  ]);
});

test("a live copy stands for no service that consists of more", async () => {
  watcher.write(
    "/etc/fleet/backup.json",
    JSON.stringify({ everyMinutes: 60, items: [ITEM, "data/wiki/files"] }),
  );
  write("one");
  await followOnce(onWatcher());
  const at = watcher.now().toISOString();
  await expect(select(watcher, shelf, { at, paths: ["data/wiki"] })).rejects.toThrow(
    "there is no whole backup of data/wiki",
  );
  expect(pages((await select(watcher, shelf, { at, paths: [ITEM] })).folder)).toBe("['one']");
  // A table of it is of the database alone.
  const whole = { at, paths: ["data/wiki"], databases: true };
  expect(pages((await select(watcher, shelf, whole)).folder)).toBe("['one']");
});

test("who says no moment gets a backup, whatever has been copied since", async () => {
  keepFolder(watcher, "20261121T110000Z", { [ITEM]: "old" });
  write("one");
  await followOnce(onWatcher());
  expect((await select(watcher, shelf, { paths: [ITEM] })).id).toBe("20261121T110000Z");
});

test("a service that has written nothing yet is in no copy, and one that is too large is named", async () => {
  const item = { service: "shop", unit: "fleet-shop.service", owner: "svc-shop", kind: "sqlite" };
  const applied = JSON.parse(primary.read("/var/lib/fleet-agent/applied.json")) as {
    release: { data: object[] };
  };
  for (const name of ["empty", "large"])
    applied.release.data.push({ ...item, path: `/var/lib/fleet/shop/${name}.db` });
  primary.write("/var/lib/fleet-agent/applied.json", JSON.stringify(applied));
  primary.write("/var/lib/fleet/shop/large.db", "");
  truncateSync(primary.at("/var/lib/fleet/shop/large.db"), 64 * 1024 * 1024 + 1);
  write("one");
  await followOnce(onWatcher());
  const [first = ""] = liveIds(watcher);
  const manifest = JSON.parse(
    watcher.read(`/var/lib/fleet-backups/live/${first}/manifest.json`),
  ) as { items: object[] };
  const failed = "it is larger than 64 MiB: backups alone have it";
  expect(manifest.items).toEqual([{ path: ITEM }, { path: "data/shop/large.db", failed }]);
  expect(statusOf().problems).toEqual([`no copy of data/shop/large.db: ${failed}`]);
  // What it could not have is no loss of what is asked for.
  const plan = await planRestore(watcher, {}, shelf);
  expect([plan.items.map(({ item: one }) => one), plan.lost]).toEqual([[ITEM], []]);
});

test("a service that is forgotten is in no copy any more, and what comes next is whole", async () => {
  write("one");
  await followOnce(onWatcher());
  const [first = ""] = liveIds(watcher);
  const policy = { keep: { hourly: 24, daily: 7, weekly: 4 }, everyMinutes: 60, items: [] };
  watcher.write("/etc/fleet/backup.json", JSON.stringify(policy));
  forgetInFolders(watcher, "wiki");
  const folder = watcher.at(`/var/lib/fleet-backups/live/${first}`);
  expect([faultsOf(folder), readdirSync(`${folder}/data`)]).toEqual([[], []]);
});

test("a database that shrinks is doubtful until a backup that has it so counts as good", async () => {
  write("x".repeat(80_000));
  await followOnce(onWatcher());
  const [good = ""] = liveIds(watcher);
  await both(60_000);
  sqlite(
    primary.at(DATABASE),
    `base.execute("delete from page"); base.commit(); base.execute("vacuum")`,
  );
  await followOnce(onWatcher());
  expect(statusOf().problems?.join()).toContain("has shrunk");
  const plan = await planRestore(watcher, {}, shelf);
  expect(plan.items.map(({ id, live }) => [id, live])).toEqual([[good, true]]);
  expect(plan.passedOver.join()).toContain("is doubtful");

  await both(60_000);
  keepFolder(watcher, idOf(watcher.now()), { [ITEM]: "small", "letsencrypt/x": "certificate" });
  await both(60_000);
  write("anew");
  await followOnce(onWatcher());
  expect(statusOf().problems).toEqual([]);
  const after = await planRestore(watcher, {}, shelf);
  expect(after.items.find(({ item }) => item === ITEM)?.id).toBe(liveIds(watcher)[0]);
});

test("a clock that was set back lets the order of the copies be as they came", async () => {
  await both(86_400_000);
  write("one");
  await followOnce(onWatcher());
  const [first = ""] = liveIds(watcher);
  await both(-86_400_000);
  write("two");
  await followOnce(onWatcher());
  const before = fetched;
  await followOnce(onWatcher());
  const ids = liveIds(watcher);
  expect([ids.length, ids[1], fetched]).toEqual([2, first, before]);
  expect(pages(watcher.at(`/var/lib/fleet-backups/live/${ids[0]}`))).toBe("['one', 'two']");
});

test("what is not a service's data, or too much, is refused, and what is there stays", async () => {
  write("one");
  await followOnce(onWatcher());
  const before = liveIds(watcher);
  const lie = (change: (manifest: { at: string; entries: object[] }) => void): void => {
    const path = `${EXPORT}/manifest.json`;
    const manifest = JSON.parse(primary.read(path)) as { at: string; entries: object[] };
    manifest.at = new Date(Date.parse(manifest.at) + 1).toISOString();
    change(manifest);
    primary.write(path, JSON.stringify(manifest));
  };
  const sha256 = "0".repeat(64);
  lie(({ entries }) => entries.push({ path: "letsencrypt/x", sha256, bytes: 1 }));
  await followOnce(onWatcher());
  expect(statusOf().error).toContain("others than services' data");
  lie(({ entries }) => entries.splice(1, 1, { path: "data/x", sha256, bytes: 2 ** 30 }));
  await followOnce(onWatcher());
  expect(statusOf().error).toContain("are the most");
  expect(statusOf().failingSince).toBeDefined();
  expect(liveIds(watcher)).toEqual(before);
});

test.each(["", "yes", "{", '{"format":1}', "x\n".repeat(100)])(
  "%j is no answer, and is not asked for again at once",
  async (answer) => {
    const asked = watcher.now().getTime();
    const run: Machine["run"] = (argv, options) =>
      argv.includes("live 0")
        ? Promise.resolve({ code: 0, stdout: answer, stderr: "" })
        : watcher.run(argv, options);
    await followOnce({ ...onWatcher(), run });
    expect(statusOf().error).toBeDefined();
    expect(liveIds(watcher)).toEqual([]);
    expect(watcher.now().getTime() - asked).toBeGreaterThanOrEqual(5000);
  },
);

test("of the last minutes all copies are kept, of a day one a minute, and the newest two in any case", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const gone = expiredLive(
    [
      "20261121T115959Z",
      "20261121T115955Z",
      "20261121T115950Z",
      "20261121T114959Z",
      "20261121T114955Z",
      "20261121T114705Z",
      "20261120T115959Z",
    ],
    now,
  );
  expect(gone).toEqual(["20261121T114955Z", "20261120T115959Z"]);
});
