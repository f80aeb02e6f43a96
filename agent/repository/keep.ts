import { pull } from "../backup/pull";
import type { Machine } from "../machine";
import { takeIn } from "./take-in";

/** A pull, and then the repository: what was pulled before goes in also where the primary did not answer, and a repository that fails costs no pull. */
export const pullAndKeep = async (machine: Machine): Promise<void> => {
  const [pulled] = await Promise.allSettled([pull(machine)]);
  try {
    await takeIn(machine);
  } catch (error) {
    machine.log(`the repository of backups: ${(error as Error).message}`);
  }
  if (pulled.status === "rejected") throw pulled.reason;
};
