import type { Role } from "@second-server/contract/roles";

import type { Context } from "../context";
import { askCloud, dropletById } from "../droplets";
import { failed } from "../errors";
import { runInherited } from "../run";
import { type EngineName, engineCommand } from "./spawn";
import { type StoredResource, dropletIn, readResources } from "./state";

/**
 * components/last-backup.ts: its deletion takes a last backup, and the primary stays where that
 * fails.
 */
const LAST_BACKUP = "second-server:recovery:LastBackup$command:remote:Command";

/** Somebody has deleted it, and the engine is about to find out. */
const isGone = async (context: Context, resources: readonly StoredResource[]): Promise<boolean> => {
  const id = dropletIn(resources, "primary")?.id;
  if (id === undefined) return false;
  return (await dropletById(await askCloud(context, "up"), id)) === undefined;
};

/**
 * Before a primary goes whose data has been seen to, or may be lost: without this the engine would
 * ask a machine that is dead, or one with nothing on it, for a backup, and refuse. The program
 * declares it again.
 */
export const liftLastBackup = async (
  context: Context,
  engine: EngineName,
  { going, refreshed }: { readonly going: readonly Role[]; readonly refreshed: boolean },
): Promise<void> => {
  const resources = (await readResources(context)) ?? [];
  if (!going.includes("primary") && !(refreshed && (await isGone(context, resources)))) return;
  for (const { urn } of resources.filter((one) => one.urn.includes(LAST_BACKUP))) {
    const { command, args, env } = await engineCommand(context, engine, [
      "state",
      "delete",
      urn,
      "--yes",
    ]);
    const code = await runInherited(command, args, env, "ignore");
    if (code !== 0)
      throw failed(
        `fleet up: ${urn} could not be taken out of the state (exit code ${code}), so the primary is not made anew. Nothing was touched. To see why: ${command} ${args.join(" ")}`,
      );
  }
};
