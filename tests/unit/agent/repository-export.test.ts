import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { faultsOf } from "../../../agent/backup/manifest";
import { compose, planRestore } from "../../../agent/backup/plan-restore";
import { noteDoubts } from "../../../agent/backup/store";
import { compareBackups, show, verify } from "../../../agent/repository/contents";
import { forgetSelected, select } from "../../../agent/repository/export";
import { listAll } from "../../../agent/repository/history";
import { forgetBrought, fulfil, handedShelf, openShelf } from "../../../agent/repository/shelf";
import { takeIn } from "../../../agent/repository/take-in";
import { suiteWhere } from "../../fixtures/suite-where";
import { FOLDER, dropFolders, keepFolder, watcher } from "./repository-kit";
import { makeTemplate } from "./repository-template";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
const [FIRST, SECOND, THIRD] = [
  "20261121T080000Z",
  "20261121T100000Z",
  "20261121T120000Z",
] as const;
const BETWEEN_MS = 2 * 3_600_000;

suiteWhere(
  existsSync("/usr/bin/restic") ? null : "restic is not installed",
  "what the repository gives back",
  () => {
    let template = "";
    /** One that has taken in all three, of which each test has a copy. */
    let full: TemporaryMachine;
    beforeAll(async () => {
      template = makeTemplate();
      full = watcher(template);
      for (const id of [FIRST, SECOND, THIRD]) {
        keepFolder(full, id, {
          "data/chat/log.json": `chat of ${id}`,
          "data/wiki/pages/[one]*": `wiki of ${id}`,
          ...(id === FIRST && { "data/gone/x": "of a service that is no more" }),
        });
        await takeIn(full);
        await full.sleep(BETWEEN_MS);
      }
    });
    afterAll(() => {
      full.remove();
      rmSync(template, { recursive: true });
    });
    beforeEach(async () => {
      machine = temporaryMachine();
      cpSync(full.root, machine.root, { recursive: true, preserveTimestamps: true });
      await machine.sleep(3 * BETWEEN_MS);
    });
    afterEach(() => {
      machine.remove();
    });

    test("one service as of a moment, from the repository alone, each file checked; nothing else comes with it", async () => {
      dropFolders(machine, FIRST);
      const selected = await select(machine, openShelf(machine), {
        at: "2026-11-21T13:00:00Z",
        paths: ["data/wiki"],
      });
      expect(selected).toMatchObject({ id: FIRST, at: "2026-11-21T12:00:00.000Z" });
      expect(readdirSync(selected.folder).sort()).toEqual(["data", "manifest.json"]);
      expect(readdirSync(`${selected.folder}/data`)).toEqual(["wiki"]);
      expect(readFileSync(`${selected.folder}/data/wiki/pages/[one]*`, "utf8")).toBe(
        `wiki of ${FIRST}`,
      );
      expect(faultsOf(selected.folder)).toEqual([]);
      forgetSelected(machine);
      await forgetBrought(machine);
      expect(readdirSync(machine.at(FOLDER)).filter((name) => name.startsWith("."))).toEqual([]);
    });

    test("a service that only older backups have comes from the newest of those", async () => {
      expect(await select(machine, openShelf(machine), { paths: ["data/gone"] })).toMatchObject({
        id: FIRST,
      });
      await expect(select(machine, openShelf(machine), { paths: ["data/never"] })).rejects.toThrow(
        "there is no whole backup of data/never",
      );
      await expect(
        select(machine, openShelf(machine), { at: "yesterdayish", paths: [] }),
      ).rejects.toThrow("neither a backup nor a moment");
    });

    test("a folder that is damaged is passed over for the same backup of the repository", async () => {
      writeFileSync(machine.at(`${FOLDER}/${THIRD}/data/chat/log.json`), "rotten");
      const { id, folder } = await select(machine, openShelf(machine), { paths: ["data/chat"] });
      expect([id, readFileSync(`${folder}/data/chat/log.json`, "utf8")]).toEqual([
        THIRD,
        `chat of ${THIRD}`,
      ]);
      const plan = await planRestore(machine, {}, openShelf(machine));
      expect(plan.refused).toBeUndefined();
      expect(plan.items.map((item) => item.id)).toEqual([THIRD, THIRD]);
      expect(faultsOf(await compose(machine, plan))).toEqual([]);
      expect(machine.read(`${FOLDER}/.restore/data/chat/log.json`)).toBe(`chat of ${THIRD}`);
    });

    test("with every folder gone a fresh primary still gets the newest", async () => {
      dropFolders(machine, FIRST, SECOND, THIRD);
      const plan = await planRestore(machine, {}, openShelf(machine));
      expect(plan.refused).toBeUndefined();
      expect(plan.whole).toContain(THIRD);
      expect(faultsOf(plan.whole ?? "")).toEqual([]);
    });

    test("list, show and diff tell of folders and repository alike; verify reads what would be restored", async () => {
      dropFolders(machine, FIRST);
      expect((await listAll(machine, openShelf(machine))).map((one) => [one.id, one.in])).toEqual([
        [THIRD, ["folder", "repository"]],
        [SECOND, ["folder", "repository"]],
        [FIRST, ["repository"]],
      ]);
      expect(
        (await show(machine, openShelf(machine), FIRST)).items.map(({ path, files }) => [
          path,
          files,
        ]),
      ).toEqual([
        ["data/chat/log.json", 1],
        ["data/wiki/pages/[one]*", 1],
        ["data/gone/x", 1],
      ]);
      expect(await compareBackups(machine, openShelf(machine), FIRST, undefined)).toEqual({
        from: FIRST,
        to: THIRD,
        added: [],
        changed: ["data/chat/log.json", "data/wiki/pages/[one]*"],
        removed: ["data/gone/x"],
      });
      await verify(machine, openShelf(machine), FIRST);
      expect(machine.said.at(-1)).toContain("verified, file by file");
      await expect(verify(machine, openShelf(machine), "20200101T000000Z")).rejects.toThrow(
        "there is no backup",
      );
    });

    test("a doubtful one is not taken unless told, by its name neither; one that only lacks something else is", async () => {
      noteDoubts(machine, THIRD, ["data/chat/log.json has shrunk"]);
      expect(await select(machine, openShelf(machine), { paths: ["data/wiki"] })).toMatchObject({
        id: SECOND,
      });
      const named = { at: THIRD, paths: ["data/wiki"] };
      await expect(select(machine, openShelf(machine), named)).rejects.toThrow(
        "it is doubtful: data/chat/log.json has shrunk",
      );
      expect(await select(machine, openShelf(machine), { ...named, doubtful: true })).toMatchObject(
        { id: THIRD },
      );
      const fourth = "20261121T180000Z";
      keepFolder(machine, fourth, { "data/wiki/x": "newest" }, { "data/chat": "it was locked" });
      expect(await select(machine, openShelf(machine), { paths: ["data/wiki"] })).toMatchObject({
        id: fourth,
      });
    });

    test("who may not open the repository asks for the list and for what it lacks, and goes on with what it is given, or with why it can't be had", async () => {
      dropFolders(machine, FIRST, SECOND, THIRD);
      const shelf = openShelf(machine);
      const folder = machine.at("/run/credentials");
      const handed = handedShelf(machine, { CREDENTIALS_DIRECTORY: folder });
      const find = () => select(machine, handed, { paths: ["data/wiki"] });
      await expect(find()).rejects.toMatchObject({ want: { paths: [] } });
      const snapshots = await shelf.snapshots();
      machine.write("/run/credentials/repository-list", JSON.stringify({ snapshots }));
      await expect(find()).rejects.toMatchObject({ want: { id: THIRD, paths: ["data/wiki"] } });
      const of = (id: string) => snapshots.find((one) => one.id === id)!;
      await fulfil(machine, shelf, { ...of(THIRD), snapshot: "gone" }, ["data/wiki"]);
      await expect(find()).rejects.toMatchObject({ want: { id: SECOND } });
      await fulfil(machine, shelf, of(SECOND), ["data/wiki"]);
      expect(await find()).toMatchObject({ id: SECOND });
      expect(machine.said.join()).toContain(`passed over: ${THIRD}: restic restore`);
    });
  },
);
