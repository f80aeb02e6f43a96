import { keeperGroups } from "./boot";
import { initOf } from "./init";
import type { Surroundings } from "./surroundings";
import { attempt, type RunResult } from "./run";

/** Runs a command inside a machine, in the machine's group: with it it dies. */
const script = `
for group in $0; do echo $$ >"$group/cgroup.procs" || exit 99; done
time=; [ -e "/proc/$1/ns/time" ] && time=--time
pid=$1 && shift && exec nsenter --target "$pid" --mount --uts --ipc --net --pid $time --root -- \\
  env -i -C / PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"`;

/** As root, whatever its network does; rejects when the machine is off. */
export const enter = async ({ host, paths }: Surroundings, dropletId: number, argv: readonly string[], input?: string): Promise<RunResult> => {
  const pid = await initOf(host, paths.id, dropletId);
  if (pid === undefined) throw new Error(`droplet ${dropletId} is off`);
  return attempt(["sh", "-c", script, keeperGroups(host, paths.id, dropletId).join(" "), String(pid), ...argv], { cwd: "/", ...(input === undefined ? {} : { input }) });
};
