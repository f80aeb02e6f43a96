import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readlink, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { until } from "../../cli/wait";
import { labPaths } from "../../local/cloud/paths";

const ROOT = join(__dirname, "../..");
const PROGRAM = [process.execPath, "--import", "tsx", join(__dirname, "lab-program.ts")];

let folder: string, state: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "surroundings-"));
});
const bash = (
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; said: string }> =>
  new Promise((resolve) => {
    const child = spawn("bash", ["-c", script, "bash", ...args], {
      cwd: ROOT,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
    child.once("close", (code) => resolve({ code, said }));
  });
afterEach(async () => {
  await bash('"$@"', [...PROGRAM, "destroy", state], process.env);
  await rm(folder, { recursive: true, force: true });
  await rm(labPaths(state).socket, { force: true });
});

interface Started {
  readonly pid: number;
  readonly umask: number;
}
const startUnder = async (script: string, env: NodeJS.ProcessEnv): Promise<Started> => {
  const { code, said } = await bash(`${script}\n"$@"`, [...PROGRAM, "start", state], env);
  if (code !== 0) throw new Error(`exit ${code}: ${said}`);
  return JSON.parse(said.trim().split("\n").at(-1)!) as Started;
};
const valueIn = async (file: string, name: string): Promise<string | undefined> =>
  new RegExp(`^${name}\\s*[:=]?\\s*(.*)$`, "m").exec(await readFile(file, "utf8"))?.[1];

const linux = process.platform === "linux" ? test : test.skip;

linux(
  "the daemon has nothing of its caller's: umask, folder, language, home, temporary folder, limits, handles",
  async () => {
    state = join(folder, "state");
    const elsewhere = join(folder, "elsewhere");
    await mkdir(elsewhere);
    const lock = join(folder, "lock");
    const { pid, umask } = await startUnder(
      `umask 077; ulimit -Sn 128; ulimit -Sf 100000; exec 9>"${lock}.9" 200>"${lock}"; cd ${ROOT}`,
      {
        PATH: `relative:${process.env["PATH"]}`,
        HOME: "",
        TMPDIR: join(folder, "none-such"),
        LC_ALL: "tr_TR.UTF-8",
        LANG: "de_DE",
        NODE_OPTIONS: "--title=somebody-elses",
        LD_BIND_NOW: "1",
      },
    );
    expect(umask).toBe(0o022);
    expect(await valueIn(`/proc/${pid}/status`, "Umask")).toBe("0022");
    expect(await readlink(`/proc/${pid}/cwd`)).toBe("/");
    const environment = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0");
    const names = environment.map((one) => one.split("=")[0]);
    for (const name of ["TMPDIR", "NODE_OPTIONS", "LD_BIND_NOW"]) expect(names).not.toContain(name);
    expect(environment).toContain("LC_ALL=C.UTF-8");
    expect(environment.find((one) => one.startsWith("HOME="))).toMatch(/^HOME=\/./);
    expect(environment.find((one) => one.startsWith("PATH="))).not.toContain("relative");
    const limits = await readFile(`/proc/${pid}/limits`, "utf8");
    expect(Number(/^Max open files +(\d+)/m.exec(limits)![1])).toBeGreaterThanOrEqual(4096);
    expect(/^Max file size +(\S+) +(\S+)/m.exec(limits)!.slice(1)).toEqual(
      expect.arrayContaining([expect.not.stringMatching(/^102400000$/)]),
    );
    const open = await Promise.all(
      (await readdir(`/proc/${pid}/fd`)).map((handle) =>
        readlink(`/proc/${pid}/fd/${handle}`).catch(() => ""),
      ),
    );
    expect(open.filter((file) => file.startsWith(lock))).toEqual([]);
    expect((await bash('flock --nonblock "$1" true', [lock], process.env)).code).toBe(0);
  },
);

const PATIENCE = { seconds: 280, everyMs: 100 };
/** One that has ended and is not yet buried by whoever inherited it is not alive. */
const isAlive = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State:\tZ");
  return !/^State:\s+Z/m.test(status);
};

test.each([
  [
    "blanks, quotes, letters of other languages, and what shells, URLs, formats and mount options read",
    'it\'s a "Zustand" – 状態 $HOME `x` 100%20 #1?&* one,two:three=four\\five',
  ],
  ["a long name", "long".repeat(60)],
])("a state folder's name may have %s", async (_, name) => {
  state = join(folder, name);
  const { pid } = await startUnder(":", process.env);
  expect(existsSync(labPaths(state).token)).toBe(true);
  await bash('"$@"', [...PROGRAM, "destroy", state], process.env);
  expect(existsSync(state)).toBe(false);
  expect(await until(async () => ((await isAlive(pid)) ? undefined : "ended"), PATIENCE)).toBe(
    "ended",
  );
});
