import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ROOT, say } from "./child";

/**
 * Everything that a test run makes outside the project lies in one folder that names its process,
 * and every process of the run has this variable: what a killed run has left is found by both.
 */
const PREFIX = "second-server-test-";
const VARIABLE = "SECOND_SERVER_TEST_RUN";

export interface RunFolder {
  readonly path: string;
  /** For the processes of the run; TMPDIR is within the folder. */ readonly env: NodeJS.ProcessEnv;
  /** Of the fleet suite; its lab of machines is beside it. */ readonly state: string;
}

export const makeRunFolder = (): RunFolder => {
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const temporary = join(path, "tmp");
  mkdirSync(temporary);
  return { path, env: { [VARIABLE]: path, TMPDIR: temporary }, state: join(path, "state") };
};

const readProc = (pid: number | string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

/** Processes that the run of this folder has started and that live still; a zombie does not. */
const processesOf = (folder: string): readonly number[] => {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc")
    .map(Number)
    .filter(
      (pid) =>
        pid > 1 &&
        pid !== process.pid &&
        readProc(pid, "environ").split("\0").includes(`${VARIABLE}=${folder}`),
    );
};

const endProcesses = (folder: string): void => {
  // Who is killed may just have started another; one that waits for a frozen disk ends only when
  // `fleet destroy` thaws it.
  for (let round = 0; round < 20; round++) {
    const left = processesOf(folder);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
};

/**
 * Folders that hold a local cloud, at most two below: those of the fleet suite, and those that
 * tests of the API made in TMPDIR.
 */
const statesIn = (folder: string, depth = 0): readonly string[] => {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  if (names.includes("cloud")) return [folder];
  return depth === 2 ? [] : names.flatMap((name) => statesIn(join(folder, name), depth + 1));
};

/**
 * Ends what the run of this folder has left, and removes the folder; returns what could not be
 * removed and why.
 */
export const clearRunFolder = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  endProcesses(folder);
  const complaints = statesIn(folder).flatMap((state) => {
    const { status, stderr, error } = spawnSync(
      join(ROOT, "fleet"),
      ["destroy", "--state", state],
      { cwd: ROOT, encoding: "utf8", timeout: 180_000, killSignal: "SIGKILL" },
    );
    return status === 0
      ? []
      : [`./fleet destroy --state ${state}: ${error?.message ?? stderr.trim()}`];
  });
  // A machine's disk may still be mounted there: its files are not to be deleted one by one.
  if (complaints.length === 0) rmSync(folder, { recursive: true, force: true });
  return complaints;
};

/** A reused process id is not a test run. */
const isRun = (pid: number): boolean =>
  existsSync("/proc/self/cmdline")
    ? readProc(pid, "cmdline").includes("tests/runner/main.ts")
    : isAlive(pid);
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** A run that was killed could not clean up: the next one does it. */
export const sweep = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || pid === process.pid || isRun(pid)) continue;
    say(`Cleaning up after a test run that was killed (process ${pid}).`);
    for (const complaint of clearRunFolder(join(tmpdir(), name))) say(`tests/run: ${complaint}`);
  }
};
