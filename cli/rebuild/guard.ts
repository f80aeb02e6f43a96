import type { FleetFacts } from "../../config/fleet";
import { PRIMARIES_SETTING } from "../../config/primaries";
import type { Context } from "../context";
import {
  type StoredResource,
  dropletCalled,
  dropletIn,
  nameInProgram,
  readResources,
} from "../engine/state";
import { cannotRun } from "../errors";

/**
 * A setting that went back with a file, or is another state's, would have the primary that serves
 * deleted, and an older one, or an empty one, in its place. @returns the complaint.
 */
export const isOtherPrimary = (
  { primary, primaries }: Pick<FleetFacts, "primary" | "primaries">,
  stack: string,
  resources: readonly StoredResource[],
): string | undefined => {
  const serves = dropletIn(resources, "primary");
  if (serves === undefined || nameInProgram(serves) === primary.droplet) return undefined;
  const isTakingOver =
    primaries.other === "kept" && dropletCalled(resources, primary.droplet) !== undefined;
  if (isTakingOver) return undefined;
  return `Pulumi.${stack}.yaml: second-server:${PRIMARIES_SETTING}: it says that "${primary.droplet}" serves, and in the stack's state "${nameInProgram(serves)}" does: it would be deleted. Nothing was touched. Put the setting back as ./fleet rebuild primary had left it (git log -p Pulumi.${stack}.yaml).`;
};

/** Before anything is touched. */
export const refuseOtherPrimary = async (context: Context, fleet: FleetFacts): Promise<void> => {
  const found = isOtherPrimary(fleet, context.stack, (await readResources(context)) ?? []);
  if (found !== undefined) throw cannotRun(found);
};
