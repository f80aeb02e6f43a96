import { markReplaces, rootOf } from "../providers/diff";
import type { DetailedDiff, Difference, Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import { isProviderType, packageOf, splitProvider, typeOf } from "../urn";
import { revealProps } from "../values/value";
import { existing } from "./existing";
import type { Goal } from "./goal";
import { matchesPath } from "./paths";

type AliasesOf = (urn: string) => readonly string[];

const isDefault = (urn: string): boolean => urn.split("::").at(-1)?.startsWith("default") ?? false;

/**
 * Another provider may be another account: what the first has made is made anew there. Default
 * providers of the same package stand in for each other.
 */
const providerMoved = (old: Resource, wanted: Resource, aliasesOf: AliasesOf): boolean => {
  if (!old.provider || !wanted.provider || isProviderType(wanted.type)) return false;
  const before = splitProvider(old.provider).urn;
  const now = splitProvider(wanted.provider).urn;
  if (before === now || aliasesOf(now).includes(before)) return false;
  return !(
    isDefault(before) &&
    isDefault(now) &&
    packageOf(typeOf(before)) === packageOf(typeOf(now))
  );
};

/**
 * A provider may say of one path under a property that it replaces and of another that it does not:
 * its word stands.
 */
const keepKinds = (given: Difference, marked: Difference): DetailedDiff =>
  Object.fromEntries(
    Object.entries(marked.detailed).map(([path, diff]) => [
      path,
      given.detailed[path]?.diffKind.endsWith("-replace") ? given.detailed[path] : diff,
    ]),
  );

/**
 * What the provider says is different, with the program's own wishes (replaceOnChanges, another
 * provider) worked in.
 */
export const differenceOf = (
  kind: Kind,
  old: Resource,
  wanted: Resource,
  goal: Goal,
  aliasesOf: AliasesOf,
): Difference => {
  const difference = kind.diff(existing(old), revealProps(wanted.inputs));
  const chosen = markReplaces(
    difference.detailed,
    (root, path) => difference.replaces.includes(root) || matchesPath(path, goal.replaceOnChanges),
  );
  const moved = providerMoved(old, wanted, aliasesOf);
  const dropped = new Set(
    difference.replaces.filter(
      (root) => !Object.keys(difference.detailed).some((path) => rootOf(path) === root),
    ),
  );
  return {
    ...(difference.rough ? { rough: true } : {}),
    ...(difference.deleteBeforeReplace === undefined
      ? {}
      : { deleteBeforeReplace: difference.deleteBeforeReplace }),
    detailed: keepKinds(difference, chosen),
    replaces: [...new Set([...chosen.replaces, ...dropped, ...(moved ? ["provider"] : [])])],
  };
};

/**
 * A difference as the events tell it: by path, unless the provider knows only the properties, and
 * by property.
 */
export const toldDifference = ({
  rough,
  detailed,
}: Difference): { readonly detailed?: DetailedDiff; readonly diffs: readonly string[] } => ({
  ...(rough ? {} : { detailed }),
  diffs: [...new Set(Object.keys(detailed).map(rootOf))],
});
