import { initOf } from "./init";
import { supervisorGroups } from "./machine-groups";
import { attempt, type Argv, type RunResult } from "./run-program";
import type { Surroundings } from "./surroundings";

/**
 * Runs a command inside a machine, in the machine's group: with it it dies. What waits for it is a
 * shell outside of the machine's process namespace: a system that shuts down stops all its
 * processes first, and nsenter's own waiting stops with its child, for ever. The child is then
 * never reaped, and the machine's end waits for that.
 */
const SCRIPT = `
for group in $0; do echo $$ >"$group/cgroup.procs" || exit 99; done
time=; [ -e "/proc/$1/ns/time" ] && time=--time
pid=$1 && shift && exec nsenter --target "$pid" --mount --uts --ipc --net --pid --no-fork $time --root -- \\
  env -i -C / PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh -c '"$@"; exit $?' sh "$@"`;

/** The same for the machine whose PID 1 the host knows by this number. */
export const enterArgv = (
  groups: readonly string[],
  pid: number,
  argv: readonly string[],
): Argv => ["sh", "-c", SCRIPT, groups.join(" "), String(pid), ...argv];

/** As root, whatever its network does; rejects when the machine is off. */
export const enter = async (
  { host, paths }: Surroundings,
  dropletId: number,
  argv: readonly string[],
  input?: string,
): Promise<RunResult> => {
  const pid = await initOf(host, paths.id, dropletId);
  if (pid === undefined) throw new Error(`droplet ${dropletId} is off`);
  return attempt(enterArgv(supervisorGroups(host, paths.id, dropletId), pid, argv), {
    cwd: "/",
    ...(input === undefined ? {} : { input }),
  });
};
