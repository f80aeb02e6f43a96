import { compareSync } from "bcryptjs";
import { afterAll, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind, Work } from "../../local/engine/providers/provider";
import { randomPackage } from "../../local/engine/providers/random/random";
import { readArchive, readAsset } from "../../local/engine/values/assets";

const folder = mkdtempSync(join(tmpdir(), "second-server-engine-test-values-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("archives have the hashes that the real CLI gives them, whatever they are made of", async () => {
  for (const [path, text] of [["a/x", "1\n"], ["a.txt", "2\n"], ["b/c/y", "3\n"], ["B", "4\n"], [".pulumi/no", "5\n"], ["long", " ".repeat(600)]] as const) {
    mkdirSync(join(folder, "dir", path, ".."), { recursive: true });
    writeFileSync(join(folder, "dir", path), text);
  }
  symlinkSync("a", join(folder, "dir/link"));
  symlinkSync("a.txt", join(folder, "dir/flink"));
  const text = async (content: string) => await readAsset({ text: content }, folder);
  const dir = await readArchive({ path: "dir" }, undefined, folder);
  const nested = await readArchive({}, { q: await text("é") }, folder);
  const mixed = await readArchive({}, { "z.txt": await text("hello"), b: dir, "a/x": await readAsset({ path: "dir/a.txt" }, folder), nested }, folder);
  // As `pulumi up` 3.259 has written them for the same files.
  expect({ dir: dir.hash, mixed: mixed.hash, empty: (await readArchive({}, {}, folder)).hash }).toEqual({
    dir: "670cb3868629d12e58195e253aaa2cae290348cac86f7da28b8a121ec6b47c35", mixed: "68eb04d5b6584ec38b1cf120b7d5874134dcb32b0e653b221b80138741e4db6a",
    empty: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
  });
});

const { kinds } = randomPackage.open({});
const kindOf = (name: string): Kind => kinds[`random:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`]!;
const work = {} as Work;
const imported = async (name: string, id: string) => await kindOf(name).read!({ id, inputs: {}, outputs: {} }, work);

test.each([
  ["RandomId", { byteLength: 4, prefix: "x-" }, (id: string) => `x-,${id}`], ["RandomInteger", { min: 1, max: 6 }, (id: string) => `${id},1,6`], ["RandomUuid", {}, (id: string) => id],
  ["RandomUuid7", {}, (id: string) => id], ["RandomBytes", { length: 8 }, (id: string) => id],
] as const)("what a %s was can be imported by its id, and is what it was", async (name, inputs, idOf) => {
  const made = await kindOf(name).create(inputs, work);
  const found = (await imported(name, idOf(made.id)))!;
  expect(found).toMatchObject({ id: made.id, inputs });
  expect(found.outputs).toEqual(made.outputs);
});

test("an id that can't be one is refused, and so is a seed", async () => {
  await expect(imported("RandomInteger", "7")).rejects.toThrow("expected <result>,<min>,<max>");
  await expect(imported("RandomUuid", "x")).rejects.toThrow("is not a UUID");
  await expect(imported("RandomShuffle", "-")).rejects.toThrow("does not support import");
  expect(kindOf("RandomShuffle").check!({ inputs: [], seed: "a" }, undefined, work).failures).toMatchObject([{ property: "seed" }]);
});

test("a shuffle keeps every item, and deals anew when more are wanted than there are", async () => {
  const { outputs } = await kindOf("RandomShuffle").create({ inputs: ["a", "b", "c"], resultCount: 7 }, work);
  const results = outputs["results"] as string[];
  expect(results).toHaveLength(7);
  expect(results.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
  expect(results.slice(3, 6).sort()).toEqual(["a", "b", "c"]);
});

test("a random password comes with its bcrypt hash, as the provider's own library writes it", async () => {
  const password = randomPackage.open({}).kinds["random:index/randomPassword:RandomPassword"]!;
  const { outputs } = await password.create({ length: 80 }, { signal: new AbortController().signal, status: () => undefined } as never);
  expect(String(outputs["bcryptHash"])).toMatch(/^\$2a\$10\$.{53}$/);
  expect(compareSync(String(outputs["result"]).slice(0, 72), String(outputs["bcryptHash"]))).toBe(true);
});
