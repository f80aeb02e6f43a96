// Jest runs CommonJS; esbuild turns TypeScript, and the few dependencies that are ES modules only,
// into it. Types are checked by `npm run lint`.
const { transformSync } = require("esbuild");
module.exports = {
  process(text, path) {
    const { code, map } = transformSync(text, {
      loader: path.endsWith(".ts") ? "ts" : "js",
      format: "cjs",
      target: "node20",
      sourcemap: "both",
      sourcefile: path,
      supported: { "dynamic-import": false },
    });
    return { code, map };
  },
};
