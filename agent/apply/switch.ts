import { rmSync } from "node:fs";
import { basename } from "node:path";

import { UNITS, serviceOfUnit } from "@second-server/contract/names";
import { PATHS, treeFolder } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import {
  type Seen,
  clearFolder,
  linkTarget,
  look,
  readJson,
  switchLink,
  writeWhole,
} from "../files";
import { type Machine, must } from "../machine";
import { partOf } from "../parts/part";
import { systemctl } from "../systemd";
import { type Observed, type Plan, type Unfinished, planOf } from "./plan";
import { placeTree } from "./unpack";
import { contentOf } from "./verify";

const observe = (machine: Machine, release: Release): Observed => ({
  files: new Map<string, Seen | undefined>(
    release.files.map(({ path }) => [path, look(machine.at(path))]),
  ),
  trees: new Map<string, string | undefined>(
    release.trees.map(({ name }) => {
      const target = linkTarget(machine.at(treeFolder(name)));
      return [name, target && basename(target)];
    }),
  ),
});

const unfinished = (machine: Machine): Unfinished | undefined =>
  readJson<Unfinished>(machine.at(PATHS.pending));

/** The steps from what is there to that release, those of a switch that was killed included. */
export const planFor = (machine: Machine, previous: Release | undefined, next: Release): Plan =>
  planOf(previous, next, observe(machine, next), unfinished(machine));

/**
 * The steps for one service of it: the others' files are not looked at, nor their units asked for.
 * After a switch that was killed everything is.
 */
export const planForService = (
  machine: Machine,
  previous: Release,
  next: Release,
  service: string,
): Plan => {
  if (unfinished(machine)) return planFor(machine, previous, next);
  const only = (release: Release): Release => {
    const { files, trees } = partOf(release, service);
    return { ...release, files, trees };
  };
  const narrowed = only(next);
  const own = partOf(next, service).units.map(({ name }) => name);
  const ofIt = (units: readonly string[]): readonly string[] =>
    units.filter((unit) => own.includes(unit));
  const plan = planOf(only(previous), narrowed, observe(machine, narrowed));
  return { ...plan, start: ofIt(plan.start), enable: ofIt(plan.enable) };
};

/** Puts files and trees in place. Nothing runs differently yet: no unit has been told. */
const place = async (machine: Machine, folder: string, plan: Plan): Promise<void> => {
  for (const { name, hash } of plan.switchTrees) await placeTree(machine, folder, name, hash);
  if (plan.switchTrees.length > 0) await must(machine, ["sync", "-f", machine.at(PATHS.trees)]);
  for (const { path } of plan.write) clearFolder(machine.at(path));
  for (const { path, mode, owner, group, sha256 } of plan.write)
    writeWhole(machine.at(path), contentOf(machine, folder, sha256), mode, (draft) =>
      machine.own(draft, owner, group),
    );
  for (const path of plan.remove) rmSync(machine.at(path), { recursive: true, force: true });
  for (const { name, hash } of plan.switchTrees) switchLink(machine.at(treeFolder(name)), hash);
  for (const name of plan.removeTrees)
    rmSync(machine.at(treeFolder(name)), { recursive: true, force: true });
};

/**
 * "fleet-chat.service" is the service chat to its owner; its workers and jobs have names of their
 * own.
 */
const label = (unit: string): string => {
  const [, of, beside] = /^fleet-([^@]+)@((?:worker|job)-.+)\.(?:service|timer)$/.exec(unit) ?? [];
  if (of !== undefined && beside !== undefined) return `service ${of}, ${beside.replace("-", " ")}`;
  const service = serviceOfUnit(unit);
  return service === undefined ? unit.replace(/\.service$/, "") : `service ${service}`;
};
const told = (machine: Machine, units: readonly string[], what: string): void => {
  for (const unit of units) machine.log(`${label(unit)}: ${what}`);
};

const notEnabled = async (
  machine: Machine,
  units: readonly string[],
): Promise<readonly string[]> => {
  if (units.length === 0) return [];
  const states = (await machine.run(["systemctl", "is-enabled", "--", ...units])).stdout
    .trim()
    .split("\n");
  return units.filter((_, index) => states[index] !== "enabled" && states[index] !== "static");
};

/** Tells systemd what there is now, in as few calls as there are verbs. */
const register = async (machine: Machine, plan: Plan): Promise<void> => {
  if (plan.stop.length > 0) {
    // The unit file is gone already: what runs of it still has to stop, and its links have to go.
    await machine.run(["systemctl", "stop", "--", ...plan.stop]);
    await machine.run(["systemctl", "disable", "--quiet", "--", ...plan.stop]);
    // One that had failed would be listed as that for ever: nobody starts it again.
    await machine.run(["systemctl", "reset-failed", "--", ...plan.stop]);
    told(machine, plan.stop, "stopped, no longer part of the fleet");
  }
  const enable = await notEnabled(machine, plan.enable);
  // `enable` has systemd read its files again as well.
  if (enable.length > 0) await must(machine, ["systemctl", "enable", "--quiet", "--", ...enable]);
  else if (plan.reloadUnits) await must(machine, ["systemctl", "daemon-reload"]);
};

const WORKERS = ["pgrep", "--full", "--exact", "nginx: worker process"];
const WORKERS_MS = 5000;
/**
 * `nginx -s reload` only asks for it: until its workers of before call themselves "shutting down",
 * they take visitors by what they knew.
 */
const awaitWorkers = async (machine: Machine, before: string): Promise<void> => {
  const deadline = machine.now().getTime() + WORKERS_MS;
  const old = new Set(before.split("\n").filter(Boolean));
  for (;;) {
    const { stdout } = await machine.run(WORKERS);
    const isOver = !stdout.split("\n").some((pid) => old.has(pid));
    if (isOver || machine.now().getTime() >= deadline) return;
    await machine.sleep(50);
  }
};

/** What can take changes while it runs, the web server above all: it goes on answering. */
export const reload = async (machine: Machine, plan: Plan): Promise<void> => {
  const isTold = plan.reload.includes(UNITS.nginx);
  const { stdout: workers } = isTold ? await machine.run(WORKERS) : { stdout: "" };
  await systemctl(machine, "reload-or-restart", plan.reload);
  if (isTold) await awaitWorkers(machine, workers);
  told(machine, plan.reload, "reloaded");
};

/** What changed restarts, and what should run runs. */
export const restart = async (machine: Machine, plan: Plan): Promise<void> => {
  await systemctl(machine, "restart", plan.restart);
  told(machine, plan.restart, "restarted");
  await systemctl(
    machine,
    "start",
    plan.start.filter((unit) => !plan.restart.includes(unit) && !plan.reload.includes(unit)),
  );
};

/**
 * Puts a verified plan in place; nothing has been restarted yet. What it is about to change is
 * written down first: killed in between, the files look right, and only this tells that nobody was
 * told of them.
 */
export const switchTo = async (
  machine: Machine,
  next: Release,
  folder: string,
  plan: Plan,
): Promise<void> => {
  const releases = [...(unfinished(machine)?.releases ?? []), next];
  writeWhole(
    machine.at(PATHS.pending),
    JSON.stringify({ changed: plan.changed, releases } satisfies Unfinished),
    0o600,
  );
  await place(machine, folder, plan);
  await register(machine, plan);
};

/** The switch is over: the release answers, or the one before does again. */
export const settle = (machine: Machine): void =>
  rmSync(machine.at(PATHS.pending), { force: true });
