import { requirements, type Resource } from "../state/resource";
import { isProviderType, STACK_TYPE, typeOf } from "../urn";

/** What --target and --target-dependents say. */
export interface Scope {
  readonly options: {
    /** URNs; empty: everything. */
    readonly targets: ReadonlySet<string>;
    readonly targetDependents: boolean;
  };
  /** URNs that --target-dependents has added to the targets. */
  readonly reached: Set<string>;
}

/**
 * Whether --target includes this resource (providers and the stack always are). Asked in the order
 * of dependencies: what depends on a dependent is one too.
 */
export const isTargeted = (
  { options, reached }: Scope,
  urn: string,
  resource?: Resource,
): boolean => {
  if (options.targets.size === 0 || isProviderType(typeOf(urn)) || typeOf(urn) === STACK_TYPE)
    return true;
  if (matches(options.targets, urn)) return true;
  if (
    !options.targetDependents ||
    resource === undefined ||
    !requirements(resource).some((each) => reached.has(each) || matches(options.targets, each))
  )
    return false;
  reached.add(urn);
  return true;
};

/** URNs may be given with wildcards: "**" stands for anything, "*" for anything within one part. */
export const matches = (patterns: ReadonlySet<string>, urn: string): boolean =>
  [...patterns].some((pattern) => {
    if (!pattern.includes("*")) return pattern === urn;
    const source = pattern
      .split("**")
      .map((part) =>
        part
          .split("*")
          .map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
          .join("[^:]*"),
      )
      .join(".*");
    return new RegExp(`^${source}$`).test(urn);
  });
