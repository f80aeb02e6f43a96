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
