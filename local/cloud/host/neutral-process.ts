import { raiseLimits } from "./process-limits";

/**
 * Folders of machines have to be readable by the users in them, whatever the caller's own files
 * should be.
 */
const UMASK = 0o022;

/**
 * Makes this process one that depends on nothing of whoever started it. What it starts sees
 * `hostEnvironment` besides.
 */
export const becomeNeutral = async (): Promise<void> => {
  process.umask(UMASK);
  await raiseLimits();
};
