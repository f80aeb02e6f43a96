import { EngineError } from "../errors";
import type { Difference } from "../providers/provider";
import { requirements, type Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { type Props, reveal, UNKNOWN } from "../values/value";
import { applyCreate, diffed, existing } from "./apply";
import { deleteOld } from "./delete";
import type { Deployment } from "./deployment";
import { kindOf, type Planned } from "./planned";
import { step } from "./run";

/** Whether a resource must be made anew because one of those that its properties come from is. */
const mustFollow = (
  deployment: Deployment,
  resource: Resource,
  replaced: ReadonlySet<string>,
): boolean => {
  if (!resource.custom || resource.external || isProviderType(resource.type)) return false;
  const touched = Object.entries(resource.propertyDependencies)
    .filter(([, urns]) => urns.some((urn) => replaced.has(urn)))
    .map(([key]) => key);
  if (touched.length === 0) return false;
  const inputs = {
    ...(reveal(resource.inputs) as Props),
    ...Object.fromEntries(touched.map((key) => [key, UNKNOWN])),
  };
  return (
    kindOf(deployment, resource.provider, resource.type).diff(existing(resource), inputs).replaces
      .length > 0
  );
};

/** What has to go before `root` can be deleted and made again, in the order of deletion (users of users first). */
const dependents = (deployment: Deployment, root: Resource): readonly Resource[] => {
  const replaced = new Set([root.urn]);
  const found: Resource[] = [];
  for (const resource of deployment.run.journal.base) {
    if (
      resource === root ||
      resource.delete ||
      resource.pendingReplacement ||
      !requirements(resource).some((urn) => replaced.has(urn))
    )
      continue;
    if (!mustFollow(deployment, resource, replaced)) continue;
    replaced.add(resource.urn);
    found.unshift(resource);
  }
  return found;
};

/** Asked of all before anything is touched. */
export const refuseProtected = ({ protect, pendingReplacement, urn }: Resource): void => {
  if (!protect || pendingReplacement) return;
  throw new EngineError(
    `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``,
  );
};

/** Decides, in the turn of planning, the order of a replacement, and returns what carries it out. */
export const applyReplace = (
  deployment: Deployment,
  planned: Planned,
  difference: Difference,
): (() => Promise<Resource>) => {
  const { goal, wanted } = planned;
  const old = planned.old!;
  const { run } = deployment;
  refuseProtected(old);
  deployment.replaced.add(wanted.urn);
  const details = { ...diffed(difference), keys: difference.replaces };
  const before = goal.deleteBeforeReplace ?? difference.deleteBeforeReplace ?? false;
  const create = async (from: Planned): Promise<Resource> => {
    const state = await applyCreate(deployment, from, "create-replacement", false, details);
    run.note(step("replace", wanted.urn, { old, new: state }, details));
    return state;
  };

  if (old.pendingReplacement || !before) return async () => await create(planned);
  const first = dependents(deployment, old);
  first.forEach(refuseProtected);
  return async () => {
    for (const each of [...first, old]) {
      const gone: Resource = { ...each, pendingReplacement: true };
      await deleteOld(deployment, each, "delete-replaced", gone);
      if (each === old) return await create({ ...planned, old: gone });
    }
    throw new Error("unreachable: the replaced resource is the last of its own deletions");
  };
};
