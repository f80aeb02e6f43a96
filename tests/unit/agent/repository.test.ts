import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { noteDoubts, backupIds } from "../../../agent/backup/store";
import { ownRepository } from "../../../agent/repository/restic";
import { snapshotsIn } from "../../../agent/repository/snapshots";
import { takeIn } from "../../../agent/repository/take-in";
import { check, upkeep } from "../../../agent/repository/upkeep";
import { suiteWhere } from "../../fixtures/suite-where";
import {
  FOLDER,
  REPOSITORY,
  keepFolder,
  policy,
  resticOn,
  statusOf,
  textIn,
  watcher,
} from "./repository-kit";
import { PASSWORD, makeTemplate } from "./repository-template";
import type { TemporaryMachine } from "./temporary-machine";

const idAt = (hour: number, minute = 0): string =>
  `20261121T${String(hour).padStart(2, "0")}${String(minute).padStart(2, "0")}00Z`;

suiteWhere(
  existsSync("/usr/bin/restic") ? null : "restic is not installed",
  "the repository",
  () => {
    let template: string;
    let machine: TemporaryMachine;
    const idsIn = async (): Promise<readonly string[]> =>
      (await snapshotsIn(machine, ownRepository(machine))).map(({ id }) => id);
    beforeAll(() => {
      template = makeTemplate();
    });
    afterAll(() => {
      rmSync(template, { recursive: true });
    });
    beforeEach(() => {
      machine = watcher(template);
    });
    afterEach(() => {
      machine.remove();
    });

    test("folders of before there was one go in once, oldest first, and stay beside it, where a recovery finds them", async () => {
      const ids = [8, 9, 10, 11].map((hour) => idAt(hour));
      for (const id of ids) keepFolder(machine, id, { "data/a/x": `of ${id}` });
      await takeIn(machine);
      expect(await idsIn()).toEqual(ids);
      expect([...backupIds(machine)].reverse()).toEqual(ids);
      for (const id of ids) expect(textIn(machine, id, "data/a/x")).toBe(`of ${id}`);
      const snapshots = resticOn(machine, "snapshots", "--json");
      await takeIn(machine);
      expect(resticOn(machine, "snapshots", "--json")).toBe(snapshots);
      expect(statusOf(machine)).toMatchObject({ backups: 4, newest: idAt(11) });
    });

    test("the first one is made by restic, and opens by the password that the machine was given", async () => {
      machine.remove();
      machine = watcher();
      keepFolder(machine, idAt(8), { "data/a/x": "first" });
      await takeIn(machine);
      expect(textIn(machine, idAt(8), "data/a/x")).toBe("first");
      expect(statusOf(machine)).toMatchObject({ since: expect.any(String), backups: 1 });
    });

    test("what does not change takes no room again, and nothing of it can be read without the password", async () => {
      const secret = "what users wrote ".repeat(5000);
      keepFolder(machine, idAt(8), { "data/a/x": secret });
      await takeIn(machine);
      const bytes = (): number =>
        Number(resticOn(machine, "stats", "--mode", "raw-data", "--json").match(/size":(\d+)/)![1]);
      const before = bytes();
      keepFolder(machine, idAt(9), { "data/a/x": secret });
      await takeIn(machine);
      expect(bytes() - before).toBeLessThan(3000);
      const packs = readdirSync(machine.at(`${REPOSITORY}/data`), { recursive: true }).map(String);
      for (const pack of packs.filter((name) => /[0-9a-f]{64}$/.test(name)))
        expect(readFileSync(machine.at(`${REPOSITORY}/data/${pack}`)).includes("users wrote")).toBe(
          false,
        );
    });

    test("a file that was changed and has its old size and time is not missed", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "one" });
      await takeIn(machine);
      keepFolder(machine, idAt(9), { "data/a/x": "two" });
      await takeIn(machine);
      expect(textIn(machine, idAt(9), "data/a/x")).toBe("two");
    });

    test("quarter-hours are kept one by one, as many as `keep` says; doubtful ones and such as lack an item push out no good one", async () => {
      policy(machine, { hourly: 3, daily: 0, weekly: 0 }, 15);
      for (const minute of [0, 15, 30]) {
        keepFolder(machine, idAt(8, minute), { "data/a/x": String(minute) });
        await takeIn(machine);
      }
      keepFolder(machine, idAt(8, 45), { "data/a/x": "" });
      noteDoubts(machine, idAt(8, 45), ["data/a/x has shrunk, by much"]);
      keepFolder(machine, idAt(9), {}, { "data/a/x": "it was locked" });
      await takeIn(machine);
      expect(await idsIn()).toEqual([0, 15, 30, 45].map((m) => idAt(8, m)).concat(idAt(9)));
      keepFolder(machine, idAt(9, 15), { "data/a/x": "new" });
      await takeIn(machine);
      expect(await idsIn()).toEqual([
        ...[15, 30, 45].map((minute) => idAt(8, minute)),
        idAt(9),
        idAt(9, 15),
      ]);
      const all = await snapshotsIn(machine, ownRepository(machine));
      expect(all.map(({ doubts, failed }) => [...doubts, ...failed])).toEqual([
        [],
        [],
        ["data/a/x has shrunk; by much"],
        ["data/a/x: it was locked"],
        [],
      ]);
    });

    test("a clock that was a day ahead neither hides what was taken later nor lets it go", async () => {
      policy(machine, { hourly: 2, daily: 1, weekly: 1 }, 60);
      const ids = [idAt(8), "20261122T090000Z", idAt(10), idAt(11)];
      for (const id of ids) {
        keepFolder(machine, id, { "data/a/x": id });
        await takeIn(machine);
      }
      const kept = await idsIn();
      expect(kept.slice(-2)).toEqual([idAt(10), idAt(11)]);
      expect(statusOf(machine).newest).toBe(idAt(11));
    });

    test("a service that was taken out of the fleet stays for as long as `keep` says", async () => {
      policy(machine, { hourly: 2, daily: 0, weekly: 0 }, 60);
      keepFolder(machine, idAt(8), { "data/a/x": "a", "data/gone/y": "still here" });
      await takeIn(machine);
      keepFolder(machine, idAt(9), { "data/a/x": "a" });
      await takeIn(machine);
      expect(textIn(machine, idAt(8), "data/gone/y")).toBe("still here");
      keepFolder(machine, idAt(10), { "data/a/x": "a" });
      await takeIn(machine);
      expect(await idsIn()).toEqual([idAt(9), idAt(10)]);
    });

    test("one that could not be taken in stays a folder, is told of, and takes its place later", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "8" });
      await takeIn(machine);
      const refuse = (id: string): TemporaryMachine => ({
        ...machine,
        run: async (argv, options) =>
          argv.includes(`--tag=id=${id}`)
            ? { code: 1, stdout: "", stderr: "Fatal: no space left on device" }
            : await machine.run(argv, options),
      });
      for (const hour of [9, 10, 11, 12])
        keepFolder(machine, idAt(hour), { "data/a/x": String(hour) });
      await expect(takeIn(refuse(idAt(9)))).rejects.toThrow("no space left on device");
      expect(statusOf(machine).taken?.error).toContain(`${idAt(9)}: restic backup`);
      expect(backupIds(machine)).toContain(idAt(9));
      await takeIn(machine);
      expect(await idsIn()).toEqual([8, 9, 10, 11, 12].map((hour) => idAt(hour)));
      expect(statusOf(machine).taken?.error).toBeUndefined();
    });

    test("a damaged folder goes in as that: what is whole in it may be nowhere else", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "good", "data/b/y": "rotten" });
      writeFileSync(machine.at(`${FOLDER}/${idAt(8)}/data/b/y`), "ROTTEN");
      await takeIn(machine);
      const [only] = await snapshotsIn(machine, ownRepository(machine));
      expect(only?.doubts).toEqual(["damaged: data/b/y is damaged"]);
    });

    test("a wrong password changes nothing, and is told as that", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "good" });
      await takeIn(machine);
      machine.write("/etc/fleet/secrets/repository-password", "another");
      keepFolder(machine, idAt(9), { "data/a/x": "new" });
      await expect(takeIn(machine)).rejects.toThrow("wrong password");
      expect(statusOf(machine).taken?.error).toContain("wrong password");
      expect(backupIds(machine)).toEqual([idAt(9), idAt(8)]);
      machine.write("/etc/fleet/secrets/repository-password", PASSWORD);
      await takeIn(machine);
      expect(await idsIn()).toEqual([idAt(8), idAt(9)]);
    });

    test("a repository whose config is gone is not made anew over the old one", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "good" });
      await takeIn(machine);
      const config = readFileSync(machine.at(`${REPOSITORY}/config`));
      rmSync(machine.at(`${REPOSITORY}/config`));
      await expect(takeIn(machine)).rejects.toThrow("None is made over it");
      writeFileSync(machine.at(`${REPOSITORY}/config`), config);
      await takeIn(machine);
      expect(await idsIn()).toEqual([idAt(8)]);
    });

    test("each day another share is read, so that all is read within a week", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "good" });
      await takeIn(machine);
      const shares: string[] = [];
      const watched: TemporaryMachine = {
        ...machine,
        run: async (argv, options) => {
          const share = argv.filter((word) => word.startsWith("--read-data-subset="));
          shares.push(...share);
          return shares.length > 1 && argv[0] === "choom"
            ? { code: 0, stdout: "", stderr: "" }
            : await machine.run(argv, options);
        },
      };
      for (let day = 0; day < 7; day++) {
        await upkeep(watched);
        await machine.sleep(86_400_000);
      }
      expect(new Set(shares).size).toBe(7);
      expect(statusOf(machine)).toMatchObject({ checked: { at: expect.any(String) } });
      expect(statusOf(machine).bytes).toBeGreaterThan(0);
    });

    test("bytes that went bad are found by the check and told, and nothing is pruned then", async () => {
      keepFolder(machine, idAt(8), { "data/a/x": "good" });
      await takeIn(machine);
      const packs = readdirSync(machine.at(`${REPOSITORY}/data`), { recursive: true })
        .map(String)
        .filter((name) => /[0-9a-f]{64}$/.test(name));
      for (const pack of packs) {
        const path = machine.at(`${REPOSITORY}/data/${pack}`);
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 0xff;
        rmSync(path);
        writeFileSync(path, bytes);
      }
      await expect(check(machine, true)).rejects.toThrow("restic check");
      expect(statusOf(machine).checked?.error).toContain("restic check");
    });
  },
);
