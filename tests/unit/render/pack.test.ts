import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterAll, expect, test } from "@jest/globals";

import { pack, packOnce } from "../../../render/pack";

const FOLDER = join(__dirname, "../../../node_modules/.cache/second-server");
const part = randomBytes(100_000);
const packed = packOnce(part);
const ENTRY = readdirSync(FOLDER)
  .map((name) => join(FOLDER, name))
  .find((path) => statSync(path).size === packed.length + 32)!;
afterAll(() => rmSync(ENTRY, { force: true }));

test("members one after the other unpack as one", () =>
  expect(
    gunzipSync(Buffer.concat([pack(Buffer.from("one ")), packed, pack(Buffer.from(" two"))])),
  ).toEqual(Buffer.concat([Buffer.from("one "), part, Buffer.from(" two")])));
test("what is kept has the bytes that packing anew would give", () => {
  expect(packOnce(part)).toEqual(packed);
  expect(pack(part)).toEqual(packed);
});
test("a kept file that was cut short is not believed", () => {
  truncateSync(ENTRY, 50_000);
  expect(packOnce(part)).toEqual(packed);
  expect(statSync(ENTRY).size).toBe(packed.length + 32);
});
