import { EngineError } from "../errors";
import type { Difference, Kind } from "../providers/provider";
import { requirements, type Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { revealProps, UNKNOWN } from "../values/value";
import { existing } from "./existing";
import type { Goal } from "./goal";

type KindOf = (resource: Resource) => Kind;

/** Whether a resource must be made anew because one of those that its properties come from is. */
const mustFollow = (resource: Resource, replaced: ReadonlySet<string>, kindOf: KindOf): boolean => {
  if (!resource.custom || resource.external || isProviderType(resource.type)) return false;
  const touched = Object.entries(resource.propertyDependencies)
    .filter(([, urns]) => urns.some((urn) => replaced.has(urn)))
    .map(([key]) => key);
  if (touched.length === 0) return false;
  const inputs = {
    ...revealProps(resource.inputs),
    ...Object.fromEntries(touched.map((key) => [key, UNKNOWN])),
  };
  return kindOf(resource).diff(existing(resource), inputs).replaces.length > 0;
};

/**
 * What has to go before `root` can be deleted and made again, in the order of deletion (users of
 * users first).
 */
const dependentsOf = (
  root: Resource,
  base: readonly Resource[],
  kindOf: KindOf,
): readonly Resource[] => {
  const replaced = new Set([root.urn]);
  const found: Resource[] = [];
  for (const resource of base) {
    const settled = resource === root || resource.delete || resource.pendingReplacement;
    if (settled || !requirements(resource).some((urn) => replaced.has(urn))) continue;
    if (!mustFollow(resource, replaced, kindOf)) continue;
    replaced.add(resource.urn);
    found.unshift(resource);
  }
  return found;
};

/**
 * What a replacement deletes before it makes anew; nothing where both may exist side by side, or
 * where the old one is deleted already.
 */
export const deletedBefore = (
  old: Resource,
  goal: Goal,
  difference: Difference,
  base: readonly Resource[],
  kindOf: KindOf,
): readonly Resource[] => {
  const deletesFirst = goal.deleteBeforeReplace ?? difference.deleteBeforeReplace ?? false;
  if (old.pendingReplacement || !deletesFirst) return [];
  return [...dependentsOf(old, base, kindOf), old];
};

/** Asked of all that a replacement deletes, before anything is touched. */
export const refuseProtected = ({ protect, pendingReplacement, urn }: Resource): void => {
  if (!protect || pendingReplacement) return;
  throw new EngineError(
    `unable to replace resource "${urn}"\n` +
      "as it is currently marked for protection. To unprotect the resource, remove the " +
      `\`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``,
  );
};
