import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import prettier from "prettier";

import { scopesText } from "./scopes.mjs";
import { typeFiles } from "./types.mjs";

const SCHEMA = join(import.meta.dirname, "schema");

const write = async (file, text) => {
  const style = await prettier.resolveConfig(file);
  writeFileSync(file, await prettier.format(text, { ...style, parser: "typescript" }));
};

rmSync(SCHEMA, { recursive: true, force: true });
mkdirSync(SCHEMA);
for (const [name, text] of typeFiles) await write(join(SCHEMA, name), text);
await write(join(import.meta.dirname, "scopes.ts"), scopesText);
