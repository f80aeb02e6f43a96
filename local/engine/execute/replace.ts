import { toldDifference } from "../plan/difference";
import type { ReplaceStep } from "../plan/planned-step";
import type { Resource } from "../state/resource";
import { createCustom } from "./create";
import { deleteOld } from "./delete";
import type { Deployment } from "./deployment";
import { step } from "./run";

/**
 * Deletes what must go first, and makes the resource anew. What is deleted stays in the state, as a
 * replacement that is still to come.
 */
export const executeReplace = async (
  deployment: Deployment,
  { kind, old, wanted, difference, deletedBefore }: ReplaceStep,
): Promise<Resource> => {
  const { run } = deployment;
  const details = { ...toldDifference(difference), keys: difference.replaces };
  let before = old;
  for (const each of deletedBefore) {
    const pendingReplacement: Resource = { ...each, pendingReplacement: true };
    await deleteOld(deployment, each, "delete-replaced", pendingReplacement);
    if (each === old) before = pendingReplacement;
  }
  const state = await createCustom(deployment, {
    kind,
    old: before,
    wanted,
    told: { op: "create-replacement", more: { logical: false, ...details } },
  });
  run.note(step("replace", wanted.urn, { old, new: state }, details));
  return state;
};
