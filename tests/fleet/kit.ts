/**
 * What the tests on real machines share: the `fleet` command as a user runs it, on the state folder
 * that tests/run made for this run.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

import { until } from "../../cli/wait";
import { labPaths, type LabPaths } from "../../local/cloud/paths";

export const PROJECT = resolve(__dirname, "../..");

export const stateDir = (): string => {
  const state = process.env["FLEET_TEST_STATE"];
  if (!state)
    throw new Error(
      "tests/fleet: FLEET_TEST_STATE is not set: these tests run on a state folder of their own. Run them with tests/run.",
    );
  return state;
};
export const paths = () => labPaths(stateDir());

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs ./fleet of a project folder; never rejects for an exit code. */
export const fleetIn = (folder: string, ...args: readonly string[]): Promise<Outcome> =>
  new Promise((settle, reject) => {
    const child = spawn(`${folder}/fleet`, [...args], {
      cwd: folder,
      env: { ...process.env, FLEET_STATE: stateDir() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    child.once("error", reject);
    child.once("close", (code) => settle({ code, out, err }));
  });
export const fleet = (...args: readonly string[]): Promise<Outcome> => fleetIn(PROJECT, ...args);

/** The output of a command that has to succeed; otherwise its last lines are the failure's text. */
export const must = async (outcome: Promise<Outcome>): Promise<Outcome> => {
  const done = await outcome;
  if (done.code !== 0)
    throw new Error(
      `exit ${done.code}\n${done.err.trim()}\n${done.out
        .split("\n")
        .filter((line) => !line.includes('"type":"engine"'))
        .slice(-25)
        .join("\n")}`,
    );
  return done;
};

export interface UpEvent {
  readonly type: "up";
  readonly ok: boolean;
  readonly changed: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly services: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly status?: number;
    readonly observed: boolean;
    readonly certificateExpires?: string;
  }[];
  readonly addresses: {
    readonly primary: string;
    readonly watcher: string;
    readonly floatingIp: string;
  };
}

/** A line of a command's --json, as far as the tests look at it. */
interface FleetEvent {
  readonly type: string;
  readonly key?: string;
}

const eventsOf = (out: string): readonly FleetEvent[] =>
  out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FleetEvent);

/**
 * `up --json`, which has to be all green; resolves with its closing event and the URNs it changed.
 */
export const up = async (
  folder = PROJECT,
): Promise<UpEvent & { readonly touched: readonly string[] }> => {
  const { out } = await must(fleetIn(folder, "up", "--json"));
  const events = eventsOf(out);
  const last = events.find(({ type }) => type === "up") as UpEvent;
  return {
    ...last,
    touched: events.filter(({ type }) => type === "done").map(({ key }) => String(key)),
  };
};

export interface DrillEvent extends FleetEvent {
  readonly ok: boolean;
  readonly marks: readonly { readonly at: number; readonly what: string }[];
  readonly measures: Readonly<Record<string, number>>;
}

export const drill = async (name: string): Promise<DrillEvent> =>
  eventsOf((await must(fleet("drill", name, "--json"))).out).find(
    ({ type }) => type === "drill",
  ) as DrillEvent;

/** A command line on a machine. */
export const on = async (machine: "primary" | "watcher", line: string): Promise<string> =>
  (await must(fleet("ssh", machine, "--", line))).out.trim();

/**
 * Processes that belong to this run's fleet: their command line or environment names its state
 * folder or its namespaces.
 */
export const processes = (
  of: LabPaths = paths(),
): readonly { readonly pid: number; readonly command: string }[] => {
  const { state, id } = of;
  const read = (pid: number, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
    } catch {
      return "";
    }
  };
  // A zombie has ended; only its parent has not asked yet.
  const ended = (pid: number): boolean => / Z /.test(read(pid, "stat").replace(/^.*\)/, ")"));
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 1 && pid !== process.pid && !ended(pid))
    .map((pid) => ({
      pid,
      command: read(pid, "cmdline"),
      environment: read(pid, "environ"),
      cgroup: read(pid, "cgroup"),
    }))
    .filter(
      ({ command, environment, cgroup }) =>
        command.includes(state) ||
        command.includes(`ss${id}-`) ||
        environment.includes(`PULUMI_BACKEND_URL=file://${state}`) ||
        cgroup.includes(id),
    )
    .map(({ pid, command }) => ({ pid, command }));
};

/** Also what is being taken down by the kernel is waited for: on a busy host that takes its time. */
export const allEnded = async (): Promise<void> => {
  await until(() => Promise.resolve(processes().length === 0 ? true : undefined), {
    seconds: 240,
  });
  if (processes().length > 0) throw new Error(`these live on: ${JSON.stringify(processes())}`);
};

/** SIGKILL to everything that belongs to this run's fleet, until nothing is left. */
export const killAll = async (of: LabPaths = paths()): Promise<void> => {
  // One that waits for a disk which somebody froze dies when the disk is thawed, not before.
  const waits = (pid: number): boolean => {
    try {
      return / D /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/, ""));
    } catch {
      return false;
    }
  };
  const gone = await until(
    async () => {
      const left = processes(of);
      for (const { pid } of left) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          /* gone with its parent */
        }
      }
      // So does a machine's PID 1, which has ended but for waiting for such a one: it has no
      // command line any more.
      return left.every(({ pid, command }) => command === "" || waits(pid)) ? true : undefined;
    },
    { seconds: 60, everyMs: 200 },
  );
  if (gone === undefined)
    throw new Error(`these survive SIGKILL: ${JSON.stringify(processes(of))}`);
};

/** Starts `up` and, when a step is done, kills it and everything that it started. */
export const killHalfWay = async (step: string): Promise<void> => {
  const child = spawn(`${PROJECT}/fleet`, ["up", "--json"], {
    cwd: PROJECT,
    env: { ...process.env, FLEET_STATE: stateDir() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seen = "";
  const reached = await new Promise<boolean>((settle) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      seen += text;
      if (seen.includes(`"label":"${step}"`)) settle(true);
    });
    child.once("close", () => settle(false));
  });
  child.kill("SIGKILL");
  await killAll();
  if (!reached)
    throw new Error(
      `up ended before "${step}": ${seen
        .split("\n")
        .filter((line) => !line.includes('"type":"engine"'))
        .slice(-10)
        .join("\n")}`,
    );
};

const output = (program: string, ...args: readonly string[]): string => {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
};

/**
 * Everything of this run's fleet that is still on the host, by kind; empty lists where nothing is.
 */
export const remains = (of: LabPaths = paths()): Readonly<Record<string, readonly string[]>> => {
  const { state, id } = of;
  const ours = (text: string): readonly string[] =>
    text.split("\n").filter((line) => line.includes(state) || line.includes(`ss${id}`));
  return {
    processes: processes(of).map(({ pid, command }) => `${pid} ${command}`),
    mounts: ours(readFileSync("/proc/self/mounts", "utf8")),
    loops: ours(output("losetup", "-a")),
    namespaces: ours(output("ip", "netns", "list")),
    links: ours(output("ip", "-o", "link")),
    tables: ours(output("nft", "list", "tables")),
    cgroups: ours(
      output("find", "/sys/fs/cgroup", "-maxdepth", "4", "-type", "d", "-name", `*${id}*`),
    ),
    files: [
      ...ours(output("find", state)),
      ...output("find", "/run/second-server", "-name", `*${id}*`).split("\n").filter(Boolean),
    ],
  };
};
