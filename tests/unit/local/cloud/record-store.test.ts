import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { systemClock } from "../../../../local/cloud/clock";
import { openStore, type Store } from "../../../../local/cloud/record-store";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "records-"));
  file = join(folder, "records.json");
});
afterEach(() => rm(folder, { recursive: true }));

const log: string[] = [];
const open = (): Promise<Store> => openStore(file, systemClock, (line) => log.push(line));
const key = { id: 1, name: "mine", fingerprint: "aa:bb", public_key: "ssh-ed25519 AAAA" };

test("what was added, changed and removed is found again by the next process", async () => {
  const store = await open();
  const mine = store.sshKeys.insert({ ...key });
  store.sshKeys.insert({ ...key, id: 2 });
  store.sshKeys.update(mine, { name: "renamed" });
  expect(store.sshKeys.remove(({ id }) => id === 2)).toEqual([{ ...key, id: 2 }]);
  await store.save();
  const next = await open();
  expect(next.state).toEqual(store.state);
  expect(next.sshKeys.get(1)).toEqual({ ...key, name: "renamed" });
  expect(next.sshKeys.get(2)).toBeUndefined();
});

test("a change comes to disk without anybody's asking", async () => {
  const store = await open();
  store.tags.insert("web");
  await setImmediate();
  await store.save();
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ tags: ["web"] });
  expect(log).toEqual([]);
});

test("whoever reads everything sees what has changed since", async () => {
  const { state, ...store } = await open();
  const before = state.sshKeys;
  store.sshKeys.insert({ ...key });
  expect(state.sshKeys).toEqual([key]);
  expect(before).toEqual([]);
  await store.save();
});

test("a number is never given twice, whoever asks", async () => {
  const store = await open();
  const first = store.nextId();
  await store.save();
  expect((await open()).nextId()).toBe(first + 1);
});
