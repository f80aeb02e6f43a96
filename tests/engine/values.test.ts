import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";
import { compareSync } from "bcryptjs";

import { markSecrets } from "../../local/engine/plan/secrecy";
import { builtinPackage } from "../../local/engine/providers/builtin/builtin";
import { createClient } from "../../local/engine/providers/digitalocean/client";
import type { ResourceKind } from "../../local/engine/providers/digitalocean/kind";
import { resource } from "../../local/engine/providers/digitalocean/resource";
import type { Kind, Work } from "../../local/engine/providers/provider";
import { randomPackage } from "../../local/engine/providers/random/random";
import { openSshForms } from "../../local/engine/providers/tls/openssh";
import { storeResource } from "../../local/engine/state/resource";
import { readArchive, readAsset } from "../../local/engine/values/assets";
import { masked } from "../../local/engine/values/stored";
import { type Props, Secret } from "../../local/engine/values/value";

const FOLDER = mkdtempSync(join(tmpdir(), "second-server-engine-test-values-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test("archives have the hashes that the real CLI gives them, whatever they are made of", async () => {
  for (const [path, text] of [
    ["a/x", "1\n"],
    ["a.txt", "2\n"],
    ["b/c/y", "3\n"],
    ["B", "4\n"],
    [".pulumi/no", "5\n"],
    ["long", " ".repeat(600)],
  ] as const) {
    mkdirSync(join(FOLDER, "dir", path, ".."), { recursive: true });
    writeFileSync(join(FOLDER, "dir", path), text);
  }
  symlinkSync("a", join(FOLDER, "dir/link"));
  symlinkSync("a.txt", join(FOLDER, "dir/flink"));
  const text = async (content: string) => await readAsset({ text: content }, FOLDER);
  const dir = await readArchive({ path: "dir" }, undefined, FOLDER);
  const nested = await readArchive({}, { q: await text("é") }, FOLDER);
  const mixed = await readArchive(
    {},
    {
      "z.txt": await text("hello"),
      b: dir,
      "a/x": await readAsset({ path: "dir/a.txt" }, FOLDER),
      nested,
    },
    FOLDER,
  );
  // As `pulumi up` 3.259 has written them for the same files.
  expect({
    dir: dir.hash,
    mixed: mixed.hash,
    empty: (await readArchive({}, {}, FOLDER)).hash,
  }).toEqual({
    dir: "670cb3868629d12e58195e253aaa2cae290348cac86f7da28b8a121ec6b47c35",
    mixed: "68eb04d5b6584ec38b1cf120b7d5874134dcb32b0e653b221b80138741e4db6a",
    empty: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
  });
});

const { kinds } = randomPackage.open({});
const kindOf = (name: string): Kind =>
  kinds[`random:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`]!;
const work = {} as Work;
const imported = async (name: string, id: string) =>
  await kindOf(name).read!({ id, inputs: {}, outputs: {} }, work);

test.each([
  ["RandomId", { byteLength: 4, prefix: "x-" }, (id: string) => `x-,${id}`],
  ["RandomInteger", { min: 1, max: 6 }, (id: string) => `${id},1,6`],
  ["RandomUuid", {}, (id: string) => id],
  ["RandomUuid7", {}, (id: string) => id],
  ["RandomBytes", { length: 8 }, (id: string) => id],
] as const)(
  "what a %s was can be imported by its id, and is what it was",
  async (name, inputs, idOf) => {
    const made = await kindOf(name).create(inputs, work);
    const found = (await imported(name, idOf(made.id)))!;
    expect(found).toMatchObject({ id: made.id, inputs });
    expect(found.outputs).toEqual(made.outputs);
  },
);

test("an id that can't be one is refused, and so is a seed", async () => {
  await expect(imported("RandomInteger", "7")).rejects.toThrow("expected <result>,<min>,<max>");
  await expect(imported("RandomUuid", "x")).rejects.toThrow("is not a UUID");
  await expect(imported("RandomShuffle", "-")).rejects.toThrow("does not support import");
  expect(
    kindOf("RandomShuffle").check!({ inputs: [], seed: "a" }, undefined, work).failures,
  ).toMatchObject([{ property: "seed" }]);
});

test("a shuffle keeps every item, and deals anew when more are wanted than there are", async () => {
  const { outputs } = await kindOf("RandomShuffle").create(
    { inputs: ["a", "b", "c"], resultCount: 7 },
    work,
  );
  const results = outputs["results"] as string[];
  expect(results).toHaveLength(7);
  expect(results.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
  expect(results.slice(3, 6).sort()).toEqual(["a", "b", "c"]);
});

test("a random password comes with its bcrypt hash, as the provider's own library writes it", async () => {
  const password = randomPackage.open({}).kinds["random:index/randomPassword:RandomPassword"]!;
  const { outputs } = await password.create({ length: 80 }, {
    signal: new AbortController().signal,
    status: () => undefined,
  } as never);
  const { bcryptHash, result } = outputs as { bcryptHash: string; result: string };
  expect(bcryptHash).toMatch(/^\$2a\$10\$.{53}$/);
  expect(compareSync(result.slice(0, 72), bcryptHash)).toBe(true);
});

test("a resource is stored in the CLI's order: fields as it has them, properties by name", () => {
  const stored = storeResource(
    {
      urn: "u",
      type: "t",
      custom: true,
      id: "i",
      inputs: { b: 1, a: { d: null, c: 2 } },
      outputs: {},
      dependencies: [],
      propertyDependencies: { b: [] },
      parent: "p",
      created: "now",
      protect: false,
    },
    masked,
  );
  expect(JSON.stringify(stored)).toBe(
    '{"urn":"u","custom":true,"id":"i","type":"t","inputs":{"a":{"c":2,"d":null},"b":1},"parent":"p","propertyDependencies":{"b":[]},"created":"now"}',
  );
});

test("what a stash keeps of a secret is secret as well", () => {
  const stash = builtinPackage({ stackOutputs: async () => ({}), resource: () => undefined }).open(
    {},
  ).kinds["pulumi:index:Stash"]!;
  const input = { plain: 1, hidden: new Secret("s") };
  const made = markSecrets(
    stash,
    { inputs: { input } },
    { input: { plain: 1, hidden: "s" }, output: { plain: 1, hidden: "s" } },
  );
  expect(made).toEqual({ input, output: input });
  expect(
    markSecrets(
      stash,
      { inputs: { input: 2 } },
      { input: 2, output: { plain: 1, hidden: "s" } },
      made,
    )["output"],
  ).toEqual(input);
});

test("of a key that OpenSSH does not know (P-224, the provider's own default) there are no OpenSSH forms", () => {
  expect(
    openSshForms(generateKeyPairSync("ec", { namedCurve: "secp224r1" }).privateKey),
  ).toBeUndefined();
});

test("a resource of DigitalOcean is kept as the provider does: what is nothing is null, sets are in order, blocks have their note", async () => {
  const thing: ResourceKind = {
    schema: {
      label: "thing",
      required: [],
      sets: ["rules", "tags"],
      zeros: { tags: null, owners: null },
    },
    operations: () => ({
      create: () => Promise.resolve("1"),
      delete: () => Promise.resolve(),
      view: () =>
        Promise.resolve({
          rules: [
            { port: "80", sources: ["b", "a"] },
            { port: "", sources: [] },
          ],
          tags: ["b", "a"],
          owners: [],
        }),
    }),
  };
  const kind = resource(thing, createClient("http://api.example", "token"));
  const given: Props = {
    rules: [{ port: "80", sources: ["b", "a"] }, { port: "" }],
    tags: ["b", "a"],
  };
  const { inputs } = kind.check!(given, undefined, work);
  expect(inputs).toEqual({
    rules: [
      { port: "80", sources: ["b", "a"], __defaults: [] },
      { port: "", __defaults: [] },
    ],
    tags: ["b", "a"],
    __defaults: [],
  });
  const { outputs } = await kind.create(inputs, work);
  expect(outputs).toEqual({
    id: "1",
    owners: null,
    rules: [
      { port: "", sources: [] },
      { port: "80", sources: ["a", "b"] },
    ],
    tags: ["a", "b"],
  });
  expect(kind.diff({ id: "1", inputs, outputs }, inputs)).toMatchObject({
    detailed: {},
    replaces: [],
  });
});
