import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { expect, test } from "@jest/globals";

import { withCompressed } from "../../../render/compressed";

const entry = (path: string, data: string | Buffer) => ({
  path,
  mode: 0o644,
  data: Buffer.from(data),
});
const LONG = "body { margin: 0 }\n".repeat(200);

test("beside text lies what is sent of it compressed, the same each time", () => {
  const made = withCompressed([entry("look.css", LONG)]);
  expect(made.map(({ path }) => path)).toEqual(["look.css", "look.css.gz", "look.css.br"]);
  expect(gunzipSync(made[1]!.data).toString()).toBe(LONG);
  expect(brotliDecompressSync(made[2]!.data).toString()).toBe(LONG);
  expect(withCompressed([entry("look.css", LONG)])).toEqual(made);
});
test("what is short, no text, or not made smaller by it stays alone, and what somebody has put there counts", () => {
  const noise = createHash("shake256", { outputLength: 4000 }).update("noise").digest();
  const entries = [
    entry("short.css", "a{}"),
    entry("picture.png", LONG),
    entry("noise.js", noise),
    entry("own.js", LONG),
    entry("own.js.gz", "theirs"),
  ];
  const made = withCompressed(entries);
  expect(made.map(({ path }) => path)).toEqual([
    "short.css",
    "picture.png",
    "noise.js",
    "own.js",
    "own.js.br",
    "own.js.gz",
  ]);
  expect(made.find(({ path }) => path === "own.js.gz")!.data.toString()).toBe("theirs");
});
