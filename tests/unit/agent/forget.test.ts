import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { type BackupManifest, faultsOf } from "../../../agent/backup/manifest";
import { noteDoubts } from "../../../agent/backup/store";
import { forgetInFolders, withoutService } from "../../../agent/backup/without-service";
import { show, verify } from "../../../agent/repository/contents";
import { select } from "../../../agent/repository/export";
import { forgetInRepository, havingService } from "../../../agent/repository/forget";
import { listAll } from "../../../agent/repository/history";
import { ownRepository } from "../../../agent/repository/restic";
import { openShelf } from "../../../agent/repository/shelf";
import { snapshotsIn } from "../../../agent/repository/snapshots";
import { takeIn, takeOne } from "../../../agent/repository/take-in";
import { check } from "../../../agent/repository/upkeep";
import { suiteWhere } from "../../fixtures/suite-where";
import {
  FOLDER,
  REPOSITORY,
  dropFolders,
  keepFolder,
  resticOn,
  statusOf,
  watcher,
} from "./repository-kit";
import { makeTemplate } from "./repository-template";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const IDS = ["20261119T080000Z", "20261120T080000Z", "20261121T080000Z"] as const;
const [FIRST, SECOND, THIRD] = IDS;
const PRIVATE = "letters of old-shop's customers ".repeat(2000);

suiteWhere(
  existsSync("/usr/bin/restic") ? null : "restic is not installed",
  "a service that is forgotten",
  () => {
    let machine: TemporaryMachine;
    /** One that has taken in all three, of which each test has a copy. */
    let full: TemporaryMachine;
    beforeAll(async () => {
      const template = makeTemplate();
      full = watcher(template);
      rmSync(template, { recursive: true });
      for (const id of IDS)
        keepFolder(
          full,
          id,
          {
            "data/chat/log.json": `chat of ${id}`,
            "data/old-shop-2/x": "another, whose name begins likewise",
            ...(id !== THIRD && { "data/old-shop/orders.db": `${PRIVATE}${id}` }),
          },
          id === FIRST ? { "data/wiki/pages": "it was held" } : {},
        );
      noteDoubts(full, SECOND, ["data/chat has shrunk"]);
      await takeIn(full);
    });
    afterAll(() => full.remove());
    beforeEach(() => {
      machine = temporaryMachine();
      cpSync(full.root, machine.root, { recursive: true, preserveTimestamps: true });
    });
    afterEach(() => machine.remove());

    const forget = async (service: string): Promise<void> => {
      const having = await havingService(machine, service);
      forgetInFolders(machine, service);
      await forgetInRepository(machine, service, having);
    };
    /** What restic has of it, in any snapshot; and what it takes. */
    const trace = (): string => resticOn(machine, "find", "orders.db");
    const bytes = (): number =>
      Number(
        execFileSync("du", ["-sb", machine.at(REPOSITORY)], { encoding: "utf8" }).split("\t")[0],
      );

    test("is in no backup any more, folder or repository; all else of them is as it was", async () => {
      const before = await listAll(machine, openShelf(machine));
      const orders = (await snapshotsIn(machine, ownRepository(machine))).map((one) => one.order);
      dropFolders(machine, FIRST);
      const size = bytes();
      await forget("old-shop");
      expect(trace()).toBe("");
      expect(size - bytes()).toBeGreaterThan(0);
      for (const id of [SECOND, THIRD]) {
        expect(faultsOf(machine.at(`${FOLDER}/${id}`))).toEqual([]);
        expect(existsSync(machine.at(`${FOLDER}/${id}/data/old-shop`))).toBe(false);
      }
      const after = await listAll(machine, openShelf(machine));
      const told = (one: (typeof after)[number]): unknown[] => [
        one.id,
        one.at,
        one.doubts,
        one.failed,
      ];
      expect(after.map(told)).toEqual(before.map(told));
      const all = await snapshotsIn(machine, ownRepository(machine));
      expect(all.map((one) => one.order)).toEqual(orders);
      expect(
        (await show(machine, openShelf(machine), FIRST)).items.map(({ path }) => path),
      ).toEqual(["data/chat/log.json", "data/old-shop-2/x", "data/wiki/pages"]);
      for (const id of IDS) await verify(machine, openShelf(machine), id);
      await check(machine, true);
      await expect(
        select(machine, openShelf(machine), { paths: ["data/old-shop"] }),
      ).rejects.toThrow("there is no whole backup");
      // The next pulls take in what is missing, and bring nothing back.
      await takeIn(machine);
      expect(trace()).toBe("");
    });

    test("is told of with how many backups have it and until when, before and after", async () => {
      const { services = {} } = statusOf(machine);
      expect(Object.keys(services)).toEqual(["chat", "old-shop", "old-shop-2"]);
      // Both are doubtful or lack something, so that no good one pushes them out.
      expect(services["old-shop"]).toEqual({ backups: 2, newest: SECOND });
      expect(services["chat"]).toEqual({ backups: 3, newest: THIRD });
      await forget("old-shop");
      expect(Object.keys(statusOf(machine).services ?? {})).toEqual(["chat", "old-shop-2"]);
    });

    test("killed anywhere on the way, the next run comes to the end", async () => {
      const having = await havingService(machine, "old-shop");
      // Taken in anew, and killed before the one before was let go.
      withoutService(machine.at(`${FOLDER}/${FIRST}`), "old-shop");
      const [first] = having.get(FIRST) ?? [];
      if (!first) throw new Error("it is in none");
      await takeOne(machine, first);
      // Of the second only the list was written.
      const list = `${FOLDER}/${SECOND}/manifest.json`;
      const told = JSON.parse(machine.read(list)) as BackupManifest;
      const others = told.entries.filter(({ path }) => !path.startsWith("data/old-shop/"));
      machine.write(list, JSON.stringify({ ...told, entries: others }));
      await forget("old-shop");
      expect(trace()).toBe("");
      const all = await snapshotsIn(machine, ownRepository(machine));
      expect(all.map(({ id }) => id)).toEqual(IDS);
      for (const id of IDS) await verify(machine, openShelf(machine), id);
    });

    test("is never one that fleet.yaml names: nothing is touched", async () => {
      machine.write(
        "/etc/fleet/backup.json",
        JSON.stringify({
          keep: { hourly: 24, daily: 7, weekly: 4 },
          everyMinutes: 60,
          items: ["data/old-shop/orders.db"],
        }),
      );
      expect(() => forgetInFolders(machine, "old-shop")).toThrow("is in fleet.yaml");
      expect(existsSync(machine.at(`${FOLDER}/${FIRST}/data/old-shop/orders.db`))).toBe(true);
    });

    test("a backup that can't be taken in anew is told by name, and holds up no other", async () => {
      const having = await havingService(machine, "old-shop");
      dropFolders(machine, FIRST);
      const broken = having.get(FIRST)?.map((one) => ({ ...one, snapshot: "0".repeat(64) })) ?? [];
      forgetInFolders(machine, "old-shop");
      await expect(
        forgetInRepository(machine, "old-shop", new Map([...having, [FIRST, broken]])),
      ).rejects.toThrow(`1 backups of the repository still have old-shop: ${FIRST}`);
      expect(statusOf(machine).services?.["old-shop"]).toMatchObject({ backups: 1, newest: FIRST });
    });
  },
);
