import { readFileSync } from "node:fs";

import type { ReleaseProbe } from "@second-server/contract/release";

import type { Machine } from "./machine";

/** A unit whose process ends at once is active for moments: only one that stays is taken for up. */
const STEADY_MS = 1500;

interface Standing {
  readonly state: string;
  readonly restarts: number;
  readonly group: string;
}

const standingOf = async (machine: Machine, unit: string): Promise<Standing> => {
  const { stdout } = await machine.run([
    "systemctl",
    "show",
    "--property",
    "ActiveState,NRestarts,ControlGroup",
    "--",
    unit,
  ]);
  const facts = new Map(
    stdout
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return {
    state: facts.get("ActiveState") ?? "unknown",
    restarts: Number(facts.get("NRestarts") ?? 0),
    group: facts.get("ControlGroup") ?? "",
  };
};

export const restartsOf = async (machine: Machine, unit: string): Promise<number> =>
  (await standingOf(machine, unit)).restarts;

interface Holder {
  readonly pid: number;
  readonly program: string;
}

/** Where a question to 127.0.0.1 may arrive. */
const isLoopback = (address: string): boolean =>
  /^(127\.\d+\.\d+\.\d+|0\.0\.0\.0|\*|\[::\]|\[::ffff:127\.\d+\.\d+\.\d+\])$/.test(
    address.replace(/%[^:\]]+/, ""),
  );

/** The processes that listen on a port; undefined where that can't be told. */
const holdersOf = async (
  machine: Machine,
  port: string,
): Promise<readonly Holder[] | undefined> => {
  const { code, stdout } = await machine.run(["ss", "-Hltnp", `sport = :${port}`]);
  const holders = stdout
    .split("\n")
    .filter((line) => isLoopback(line.trim().split(/\s+/)[3]?.replace(/:\d+$/, "") ?? ""))
    .flatMap((line) =>
      [...line.matchAll(/\("([^"]*)",pid=(\d+)/g)].map(([, program = "", pid]) => ({
        program,
        pid: Number(pid),
      })),
    );
  return code === 0 && holders.length > 0 ? holders : undefined;
};

/** Whether a process belongs to a unit: its control group is the unit's or below it. */
const isWithin = (machine: Machine, { pid }: Holder, group: string): boolean => {
  try {
    return readFileSync(machine.at(`/proc/${pid}/cgroup`), "utf8")
      .split("\n")
      .map((line) => `${line.split(":").slice(2).join(":")}/`)
      .some((path) => path.includes(`${group}/`));
  } catch {
    return false;
  }
};

/**
 * Why a right answer is not the unit's: it does not run, or somebody else has its port. undefined
 * when it is.
 */
export const impostor = async (
  machine: Machine,
  { unit, url }: Pick<ReleaseProbe, "unit" | "url">,
): Promise<string | undefined> => {
  const { port } = new URL(url);
  const before = await standingOf(machine, unit);
  const holders = await holdersOf(machine, port);
  const strangers = holders?.filter((holder) => !isWithin(machine, holder, before.group)) ?? [];
  if (strangers.length > 0 && before.group !== "")
    return `rightly, but not from ${unit}: port ${port} is held by ${strangers.map(({ program, pid }) => `${program} (process ${pid})`).join(", ")}`;
  if (before.state !== "active") {
    const names = (holders ?? []).map(({ program, pid }) => `${program} (process ${pid})`);
    return `rightly, but ${unit} does not run (${before.state})${names.length > 0 ? `: port ${port} is held by ${names.join(", ")}` : ""}`;
  }
  if (holders !== undefined) return undefined;
  await machine.sleep(STEADY_MS);
  const after = await standingOf(machine, unit);
  return after.state === "active" && after.restarts === before.restarts
    ? undefined
    : `rightly, but ${unit} does not stay up (${after.state}, started again ${after.restarts} times)`;
};
