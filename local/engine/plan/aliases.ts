import { makeUrn, nameOf, STACK_TYPE, typeOf } from "../urn";
import type { Goal } from "./goal";

/**
 * The other URNs under which a resource may be in the state: its own aliases, and those that follow
 * from its parent's.
 */
export const aliasUrns = (
  goal: Goal,
  urn: string,
  stack: string,
  project: string,
  aliasesOf: (urn: string) => readonly string[],
): readonly string[] => {
  const own = goal.aliases.flatMap((alias) => {
    if ("urn" in alias) return [alias.urn];
    const parent = alias.noParent === true ? undefined : (alias.parentUrn ?? goal.parent);
    const parents =
      alias.parentUrn === undefined && alias.noParent !== true && parent
        ? [parent, ...aliasesOf(parent)]
        : [parent];
    return parents.map((each) =>
      makeUrn(
        alias.stack ?? stack,
        alias.project ?? project,
        each,
        alias.type ?? goal.type,
        childName(alias.name ?? goal.name, goal.parent, each),
      ),
    );
  });
  const inherited =
    goal.parent && typeOf(goal.parent) !== STACK_TYPE
      ? aliasesOf(goal.parent).map((parent) =>
          makeUrn(stack, project, parent, goal.type, childName(goal.name, goal.parent, parent)),
        )
      : [];
  return [...new Set([...own, ...inherited])].filter((each) => each !== urn);
};

/**
 * A child that is called after its parent ("web-records") was called after the parent's old name.
 */
const childName = (name: string, parent: string | undefined, alias: string | undefined): string =>
  parent && alias && name.startsWith(nameOf(parent)) && nameOf(parent) !== ""
    ? nameOf(alias) + name.slice(nameOf(parent).length)
    : name;
