import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename } from "node:path";
import type { Release } from "../../config/release";
import { type Seen, linkTarget, look, readJson, switchLink, writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { PLACES } from "../places";
import { type Observed, type Plan, planOf } from "./plan";
import { placeTree } from "./unpack";

export const observe = (machine: Machine, release: Release): Observed => ({
  files: new Map<string, Seen | null>(release.files.map(({ path }) => [path, look(machine.at(path))])),
  trees: new Map<string, string | null>(release.trees.map(({ name }) => { const target = linkTarget(machine.at(`${PLACES.trees}/${name}/current`)); return [name, target && basename(target)]; })),
});

/** Puts files and trees in place. Nothing runs differently yet: no unit has been told. */
const place = async (machine: Machine, folder: string, plan: Plan): Promise<void> => {
  for (const { name, hash } of plan.switchTrees) await placeTree(machine, folder, name, hash);
  for (const { path, mode, owner, group, sha256 } of plan.write) {
    writeWhole(machine.at(path), readFileSync(machine.at(`${folder}/files/${sha256}`)), mode, (draft) => machine.own(draft, owner, group));
  }
  for (const path of plan.remove) rmSync(machine.at(path), { force: true });
  for (const { name, hash } of plan.switchTrees) switchLink(machine.at(`${PLACES.trees}/${name}/current`), hash);
  for (const name of plan.removeTrees) rmSync(machine.at(`${PLACES.trees}/${name}/current`), { force: true });
};

/** Asks the programs that will read the files; a rejection carries their words. */
export const check = async (machine: Machine, release: Release, plan: Plan): Promise<void> => {
  const changed = [...plan.write.map(({ path }) => path), ...plan.remove];
  for (const path of changed.filter((one) => one.startsWith("/etc/sudoers.d/") && existsSync(machine.at(one)))) await must(machine, ["visudo", "-c", "-q", "-f", machine.at(path)]);
  if (changed.some((path) => path.startsWith("/etc/ssh/"))) await must(machine, ["sshd", "-t"]);
  if (changed.some((path) => path.startsWith("/etc/nginx/"))) await must(machine, ["nginx", "-t", "-q"]);
  const units = plan.write.map(({ path }) => path).filter((path) => /^\/etc\/systemd\/system\/[^/]+\.(service|timer|socket|path)$/.test(path));
  if (units.length > 0) await must(machine, ["systemd-analyze", "verify", "--man=no", ...units.map((path) => machine.at(path))]);
};

/** Tells systemd: what is gone stops, what changed restarts, what should run runs. */
export const act = async (machine: Machine, plan: Plan): Promise<void> => {
  if (plan.stop.length > 0) {
    machine.log(`stopping ${plan.stop.join(" ")}`);
    // Its unit file may be gone already; what is left of it still has to stop.
    await machine.run(["systemctl", "disable", "--now", "--quiet", "--", ...plan.stop]);
    await machine.run(["systemctl", "stop", "--", ...plan.stop]);
  }
  if (plan.reloadUnits) await must(machine, ["systemctl", "daemon-reload"]);
  if (plan.enable.length > 0) await must(machine, ["systemctl", "enable", "--quiet", "--", ...plan.enable]);
  if (plan.restart.length > 0) {
    machine.log(`restarting ${plan.restart.join(" ")}`);
    await must(machine, ["systemctl", "restart", "--", ...plan.restart]);
  }
  if (plan.reload.length > 0) {
    machine.log(`reloading ${plan.reload.join(" ")}`);
    await must(machine, ["systemctl", "reload-or-restart", "--", ...plan.reload]);
  }
  if (plan.start.length > 0) await must(machine, ["systemctl", "start", "--", ...plan.start]);
};

type Pending = Pick<Plan, "restart" | "reload" | "reloadUnits">;
const union = (a: readonly string[], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])];

/** What an apply that was killed had changed on disk and not told systemd: the files look right now, and nothing else would notice. */
const withPending = (machine: Machine, plan: Plan, release: Release): Plan => {
  const pending = readJson<Pending>(machine.at(PLACES.pending));
  if (!pending) return plan;
  const known = new Set(release.units.map(({ name }) => name));
  const ours = (units: readonly string[]): readonly string[] => units.filter((name) => known.has(name));
  return { ...plan, restart: union(plan.restart, ours(pending.restart)), reload: union(plan.reload, ours(pending.reload)), reloadUnits: plan.reloadUnits || pending.reloadUnits };
};

/** Everything between two releases, in the order in which it can still be refused. */
export const switchTo = async (machine: Machine, previous: Release | null, next: Release, folder: string, between: () => Promise<void> = async () => undefined): Promise<Plan> => {
  const plan = withPending(machine, planOf(previous, next, observe(machine, next)), next);
  const { restart, reload, reloadUnits } = plan;
  writeWhole(machine.at(PLACES.pending), JSON.stringify({ restart, reload, reloadUnits } satisfies Pending), 0o600);
  await place(machine, folder, plan);
  await between();
  await check(machine, next, plan);
  await act(machine, plan);
  rmSync(machine.at(PLACES.pending), { force: true });
  return plan;
};
