// Jest runs CommonJS; esbuild turns TypeScript, and the few dependencies that are ES modules only,
// into it. Types are checked by `npm run lint`.
const { extname } = require("node:path");

const { transformSync } = require("esbuild");

const LOADERS = { ".ts": "ts", ".js": "js", ".mjs": "js", ".py": "text" };
module.exports = {
  process(text, path) {
    const { code, map } = transformSync(text, {
      loader: LOADERS[extname(path)],
      format: "cjs",
      target: "node20",
      sourcemap: "both",
      sourcefile: path,
      supported: { "dynamic-import": false },
    });
    return { code, map };
  },
};
