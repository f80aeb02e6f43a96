import { requirements, type Resource } from "../state/resource";
import { isTargeted, type Scope } from "./targets";

/**
 * What an `up` deletes at its end: what was replaced, and what the program no longer has. `base`:
 * what of the state no registration has taken.
 */
export const leftoversOf = (base: readonly Resource[], scope: Scope): readonly Resource[] =>
  base
    .filter((resource) => resource.delete || isTargeted(scope, resource.urn, resource))
    .filter((resource) => resource.delete || scope.options.targets.size === 0 || resource.custom);

/** What a `destroy` deletes, or what stands in its way. */
export type Destruction =
  | { readonly resources: readonly Resource[] }
  /** It needs something that is to be deleted, and may not go with it. */
  | { readonly blockedBy: Resource };

/** Everything, or the targets, which can't be deleted while something needs them. */
export const destructionOf = (base: readonly Resource[], scope: Scope): Destruction => {
  const { targets, targetDependents } = scope.options;
  if (targets.size === 0) return { resources: base };
  const chosen = new Set(
    base.filter(
      (each) =>
        each.custom && isTargeted(scope, each.urn, each) && !each.type.startsWith("pulumi:"),
    ),
  );
  const urns = new Set([...chosen].map(({ urn }) => urn));
  for (const each of base) {
    if (chosen.has(each) || !requirements(each).some((urn) => urns.has(urn))) continue;
    if (!targetDependents) return { blockedBy: each };
    chosen.add(each);
    urns.add(each.urn);
  }
  return { resources: base.filter((each) => chosen.has(each)) };
};
