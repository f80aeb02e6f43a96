import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import {
  openStackSettings,
  setConfigValue,
} from "../../../../../local/engine/project/stack-settings";

let folder: string;
const place = () => ({
  folder,
  stack: "test",
  backendUrl: `file://${folder}/state`,
  passphrase: "word",
});
const file = () => readFileSync(join(folder, "Pulumi.test.yaml"), "utf8");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "second-server-settings-test-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a secret of any content is encrypted, and reads back as it was", async () => {
  const values = ['p:a#s\'s "word"', "two\nlines\n", "", "true", "ключ", "-----BEGIN\n  x\n"];
  for (const [at, value] of values.entries())
    await setConfigValue(place(), `key${at}`, value, { secret: true });
  expect(file()).toMatch(/^encryptionsalt: v1:/m);
  expect(file()).not.toContain("word");
  const settings = await openStackSettings(place());
  for (const [at, value] of values.entries()) expect(await settings.get(`key${at}`)).toBe(value);
  expect(settings.list()[0]).toMatchObject({ key: "shop:key0", secret: true });
});

test("comments, other keys, and the short spelling of a key stay", async () => {
  writeFileSync(
    join(folder, "Pulumi.test.yaml"),
    "# ours\nconfig:\n  # where\n  domain: a.test\n  other:kind: x\n",
  );
  await setConfigValue(place(), "shop:domain", "b.test");
  await setConfigValue(place(), "aws:region", "7");
  expect(file()).toBe(
    '# ours\nconfig:\n  # where\n  domain: b.test\n  other:kind: x\n  aws:region: "7"\n',
  );
  const settings = await openStackSettings(place());
  expect(await settings.remove("domain")).toBe(true);
  expect(await settings.remove("domain")).toBe(false);
  expect((await openStackSettings(place())).list().map(({ key }) => key)).toEqual([
    "other:kind",
    "aws:region",
  ]);
});

test("an empty `config:` and a file that is not there take a value; a wrong passphrase takes none", async () => {
  await setConfigValue(place(), "a", "1", { secret: true });
  await expect(
    setConfigValue({ ...place(), passphrase: "no" }, "b", "2", { secret: true }),
  ).rejects.toThrow("incorrect passphrase");
  expect(file()).not.toContain("shop:b");
  writeFileSync(join(folder, "Pulumi.test.yaml"), "config:\n");
  await setConfigValue(place(), "a", "1");
  expect(file()).toBe('config:\n  shop:a: "1"\n');
  await expect(setConfigValue(place(), "a:b:c", "1")).rejects.toThrow("<namespace>:<name>");
});
