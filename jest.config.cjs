/** Suites are chosen by folder: `jest tests/unit`. Those on real machines (tests/fleet) share one booted fleet and run in band. */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/.build/"],
  transform: { "\\.(ts|js|mjs)$": "<rootDir>/tests/esbuild-transform.cjs" },
  transformIgnorePatterns: ["/node_modules/(?!(nodemailer|smtp-server|postal-mime|croner)/)"],
};
