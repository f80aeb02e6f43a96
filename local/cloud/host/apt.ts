import { attempt, type RunResult } from "../machines/run-program";
import { hostEnvironment } from "./environment";

/**
 * How apt says that another one is at work. `DPkg::Lock::Timeout` waits for dpkg's own locks alone:
 * those of lists and archives fail at once.
 */
const LOCKED = /Could not get lock|Unable to (?:acquire|lock)|is another process using it/i;

/** For dpkg's locks apt waits by itself; a mirror that fails is asked again, after a moment. */
const OPTIONS = ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];

/**
 * What passes by itself: a mirror in the middle of an update, a name that is not resolved at this
 * moment.
 */
const PASSING =
  /Failed to fetch|Temporary failure|Could not (?:resolve|connect)|Connection (?:failed|timed out|reset)|Hash Sum mismatch|Mirror sync in progress/i;
export const isPassing = ({ stderr }: RunResult): boolean => PASSING.test(stderr);

export interface AptWait {
  readonly seconds: number;
  readonly everyMs: number;
}
/** A daily upgrade takes minutes. */
const WAIT: AptWait = { seconds: 300, everyMs: 2000 };

/** Runs apt-get when no other one is at work, and gives what it said. */
export const aptGet = async (
  args: readonly string[],
  onLine: (line: string) => void = () => undefined,
  { seconds, everyMs }: AptWait = WAIT,
): Promise<RunResult> => {
  // needrestart (Ubuntu) would restart the host's own services.
  const env = {
    ...hostEnvironment(),
    DEBIAN_FRONTEND: "noninteractive",
    NEEDRESTART_SUSPEND: "1",
  };
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const said = await attempt(["apt-get", ...OPTIONS, ...args], { env, onLine });
    if (said.code === 0 || !LOCKED.test(said.stderr) || Date.now() > deadline) return said;
    onLine("Waiting for another apt to end");
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
