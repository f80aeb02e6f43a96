import type { Machine } from "../machine";

const ENVIRONMENT = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
/**
 * dpkg's own lock is waited for by apt, and a file that a mirror does not give is asked for again.
 */
const APT_GET = [
  "apt-get",
  "-q",
  "-o",
  "DPkg::Lock::Timeout=300",
  "-o",
  "Acquire::Retries=3",
] as const;

/**
 * Somebody else's apt (the daily upgrades, an operator) holds the lists or the archives, for which
 * apt does not wait.
 */
const LOCKED = /Could not get lock|Unable to (acquire|lock)|is another process using it/i;
const LOCK_SECONDS = 300;
const LOCK_PAUSE_MS = 3000;

/**
 * What passes by itself: a mirror in the middle of an update, a name that is not resolved at this
 * moment.
 */
const PASSING =
  /Failed to fetch|Temporary failure|Could not (resolve|connect)|Connection (failed|timed out|reset)|Hash Sum mismatch|Mirror sync in progress|Some index files failed/i;
const MIRROR_PAUSES_MS = [5_000, 20_000];

interface Result {
  readonly code: number;
  readonly argv: readonly string[];
  /** Its last words. */
  readonly said: string;
}

/**
 * apt-get with these words: waits for whoever holds any of apt's locks, and tries again what a
 * mirror refuses.
 */
export const aptGet = async (machine: Machine, words: readonly string[]): Promise<Result> => {
  const argv = [...APT_GET, ...words];
  const deadline = machine.now().getTime() + LOCK_SECONDS * 1000;
  const pauses = [...MIRROR_PAUSES_MS];
  let waits = 0;
  for (;;) {
    const { code, stdout, stderr } = await machine.run(argv, { environment: ENVIRONMENT });
    const said = (stderr.trim() || stdout.trim()).split("\n").slice(-15).join("\n  ");
    // `update` ends well although a mirror has failed, with yesterday's lists.
    const isPassing = PASSING.test(stderr) && (code !== 0 || words[0] === "update");
    if (code !== 0 && LOCKED.test(stderr) && machine.now().getTime() < deadline) {
      if (waits++ === 0) machine.log("apt is at work for somebody else: waiting for it");
      await machine.sleep(LOCK_PAUSE_MS);
      continue;
    }
    const pause = isPassing ? pauses.shift() : undefined;
    if (pause === undefined) return { code, argv, said };
    machine.log(`a mirror of Debian does not answer well; once more in ${pause / 1000} s`);
    await machine.sleep(pause);
  }
};
