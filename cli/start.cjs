"use strict";
// Starts the command line: its TypeScript as JavaScript that is made once and kept, so that a
// command begins in half a second. tsx, which works for any project, starts a thread of its own for
// import() and looks at each file anew: a second of processor time at each start.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const KEPT = join(__dirname, "../node_modules/.cache/second-server/typescript");
const OPTIONS = {
  loader: "ts",
  format: "cjs",
  target: "node20",
  // Where an error happened is told by the line of the source.
  sourcemap: "inline",
  sourcesContent: false,
  // import() becomes require(): there is one loader, and it is this one.
  supported: { "dynamic-import": false },
};
/** Loaded where something has to be made: the builder is a large program. */
const transform = (source, path) =>
  require("esbuild").transformSync(source, { ...OPTIONS, sourcefile: path }).code;

const WAY = JSON.stringify([require("esbuild/package.json").version, OPTIONS]);
const digest = (text) => createHash("sha256").update(text).digest("hex");
/** What a kept file begins with, 64 digits each: what it was made of, and what follows. */
const headOf = (made, code) => made + digest(code);
const HEAD = 128;

/** One that is of another version of its source, or that a crash has cut short, is not believed. */
const read = (path, made) => {
  try {
    const text = readFileSync(path, "utf8");
    const code = text.slice(HEAD);
    return text.slice(0, HEAD) === headOf(made, code) ? code : undefined;
  } catch {
    return undefined;
  }
};

const keep = (path, made, code) => {
  try {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, headOf(made, code) + code);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Where nothing can be kept (another user's folder, a full disk), it is made anew each time.
  }
};

const compiled = (path) => {
  const source = readFileSync(path, "utf8");
  const [kept, made] = [join(KEPT, `${digest(path)}.js`), digest(`${WAY}\0${source}`)];
  const found = read(kept, made);
  if (found !== undefined) return found;
  const code = transform(source, path);
  keep(kept, made, code);
  return code;
};

process.setSourceMapsEnabled(true);
Module._extensions[".ts"] = (module, path) => module._compile(compiled(path), path);
require("./main.ts");
