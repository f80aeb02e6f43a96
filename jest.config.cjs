/**
 * Suites are chosen by folder: `jest tests/unit`. Those on real machines (tests/fleet) share one
 * booted fleet and run in band.
 */
module.exports = {
  testEnvironment: "node",
  // Not in /tmp, where it would stay when the project has gone.
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  // For what hangs: on a busy machine a test of two seconds may take more than jest's five.
  // A limit for what hangs, not for what is slow: a busy host takes five times as long.
  testTimeout: 300_000,
  modulePathIgnorePatterns: ["<rootDir>/.build/"],
  transform: { "\\.(ts|js|mjs|py)$": "<rootDir>/tests/esbuild-transform.cjs" },
  transformIgnorePatterns: ["/node_modules/(?!(nodemailer|smtp-server|postal-mime|croner)/)"],
};
