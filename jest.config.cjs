const { delimiter } = require("node:path");

/**
 * A version manager's shim is a script that looks for the program first: pyenv's takes 0.7 s of
 * processor time a start, and hundreds of tests start python. Shims come last, so that Debian's
 * python, which is the machines' too, is found before them. Workers inherit it.
 */
const shimsLast = (path) => {
  const folders = path.split(delimiter);
  const isShims = (folder) => /\/shims\/?$/.test(folder);
  return [...folders.filter((each) => !isShims(each)), ...folders.filter(isShims)].join(delimiter);
};
process.env.PATH = shimsLast(process.env.PATH ?? "");

/**
 * Suites are chosen by folder: `jest tests/unit`. Those on real machines (tests/fleet) share one
 * booted fleet and run in band.
 */
module.exports = {
  testEnvironment: "node",
  // Not in /tmp, where it would stay when the project has gone.
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  // For what hangs, not for what is slow: on a busy machine a test of ten seconds takes a minute.
  testTimeout: 300_000,
  modulePathIgnorePatterns: ["<rootDir>/.build/"],
  transform: { "\\.(ts|js|mjs|py)$": "<rootDir>/tests/esbuild-transform.cjs" },
  transformIgnorePatterns: ["/node_modules/(?!(nodemailer|smtp-server|postal-mime|croner)/)"],
};
