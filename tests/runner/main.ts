/**
 * All suites in their order, what they left cleared away, and what failed repeated in short just
 * before the closing line.
 */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Interrupted, bin, heedSignals, ROOT, run, say } from "./child";
import { closing } from "./closing";
import { type Failure, tallyOf } from "./notes";
import { type Host, prepareHost, removePolicy } from "./programs";
import { type RunFolder, clearRunFolder, makeRunFolder, sweep } from "./run-folder";

const FAST_SUITES = ["unit", "texts", "program", "engine", "api", "browser"];
/**
 * More than two processors: half of their time tests wait, for the programs that they start or for
 * what takes its time.
 */
const WORKERS = 4;
const BLACK = "/usr/bin/black";
/**
 * For a test on real machines, on a machine several times slower than ours; the longest takes two
 * minutes.
 */
const FLEET_TIMEOUT_MS = 600_000;

const totals = { passed: 0, skipped: 0 };
const failures: Failure[] = [];
const fail = (name: string, message: string): void => {
  failures.push({ name, message, evidence: [] });
  say(`${name}: ${message}`);
};

/** One jest run; its counts go into the totals. */
const jest = async (
  folder: RunFolder,
  title: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> => {
  say(`\n== ${title}`);
  const notes = join(mkdtempSync(join(folder.path, "jest-")), "notes");
  const argv = [
    join(ROOT, "node_modules/jest/bin/jest.js"),
    ...args,
    "--reporters",
    join(ROOT, "tests/runner/reporter.cjs"),
  ];
  try {
    const end = await run(process.execPath, argv, {
      ...folder.env,
      ...env,
      SECOND_SERVER_TEST_NOTES: notes,
    });
    count(notes, end);
  } catch (error) {
    count(notes, "an interruption");
    throw error;
  }
};

const count = (notes: string, end: string | null): void => {
  const tally = tallyOf(existsSync(notes) ? readFileSync(notes, "utf8") : "", end);
  totals.passed += tally.passed;
  totals.skipped += tally.skipped;
  failures.push(...tally.failures);
  for (const name of tally.left) say(`skipped: ${name}`);
};

const check = async (title: string, command: string, args: readonly string[]): Promise<void> => {
  say(`\n== ${title}`);
  const end = await run(command, args);
  if (end !== null) fail(title, `ended with ${end}`);
};

/** Why the machines can't be booted here, or are not to be. */
const reasonToSkip = ({ problems, missingPackages }: Host, fast: boolean): string | undefined => {
  if (fast) return "--fast was given";
  if (problems.length > 0) return problems.map(({ problem }) => problem).join("; ");
  return missingPackages.length > 0
    ? `Debian packages are missing: ${missingPackages.join(" ")}`
    : undefined;
};

const fleetSuite = async (folder: RunFolder, host: Host, fast: boolean): Promise<void> => {
  const reason = reasonToSkip(host, fast);
  // A name pattern that nothing matches: jest loads the files, runs nothing and counts every test
  // as skipped.
  if (reason !== undefined)
    return jest(folder, `tests/fleet: skipped (${reason})`, [
      "tests/fleet",
      "--runInBand",
      "-t",
      "^nothing is run$",
    ]);
  await jest(
    folder,
    "tests/fleet on real machines",
    [
      "tests/fleet",
      "--runInBand",
      "--verbose",
      `--testTimeout=${FLEET_TIMEOUT_MS}`,
      "--env",
      join(ROOT, "tests/fleet/environment.ts"),
    ],
    { FLEET_TEST_STATE: folder.state },
  );
};

/** The Python, by the formatter of its own world; Debian's package has it. */
const PYTHON = ["agent", "services", "templates/system/monitor-failed", "tests/fleet"];
const python = async (): Promise<void> => {
  if (existsSync(BLACK))
    return check("format (black)", BLACK, [
      "--check",
      "--quiet",
      "--line-length",
      "100",
      ...PYTHON,
    ]);
  totals.skipped += 1;
  say("skipped: format (black): it is not installed (Debian: black)");
};

const suites = async (folder: RunFolder, fast: boolean): Promise<void> => {
  sweep();
  removePolicy();
  const needs = await prepareHost(fast);
  await check("format (prettier)", bin("prettier"), ["--check", ".", "--log-level", "warn"]);
  await python();
  await check("types (tsc)", bin("tsc"), ["--noEmit"]);
  await check("lint (eslint)", bin("eslint"), ["."]);
  await jest(folder, `tests: ${FAST_SUITES.join(", ")}`, [
    ...FAST_SUITES.map((suite) => `tests/${suite}/`),
    `--maxWorkers=${WORKERS}`,
    `--testSequencer=${join(ROOT, "tests/runner/longest-first.cjs")}`,
    "--reporters",
    "default",
  ]);
  await fleetSuite(folder, needs, fast);
};

const main = async (): Promise<void> => {
  const unknown = process.argv.slice(2).filter((word) => word !== "--fast");
  if (unknown.length > 0) {
    say(`tests/run: ${unknown.join(" ")}: not known. Usage: tests/run [--fast]`);
    process.exitCode = 2;
    return;
  }
  const began = Date.now();
  heedSignals();
  // `tests/run | head` ends head, not the run with its clean-up.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const folder = makeRunFolder();
  try {
    await suites(folder, process.argv.includes("--fast"));
  } catch (error) {
    fail(
      "tests/run",
      error instanceof Interrupted
        ? `interrupted by ${error.message}`
        : ((error as Error).stack ?? String(error)),
    );
  }
  try {
    for (const complaint of clearRunFolder(folder.path)) fail("cleaning up", complaint);
  } catch (error) {
    fail("cleaning up", (error as Error).message);
  }
  for (const line of closing(failures, ROOT)) say(line);
  say(`\n${((Date.now() - began) / 1000).toFixed(0)} s`);
  say(`${totals.passed} passed, ${failures.length} failed, ${totals.skipped} skipped`);
  process.exitCode = failures.length === 0 ? 0 : 1;
};

void main();
