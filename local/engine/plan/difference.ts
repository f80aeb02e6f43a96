import { markReplaces, rootOf } from "../providers/diff";
import type { Difference } from "../providers/provider";
import { isProviderType, packageOf, splitProvider, typeOf } from "../urn";
import { type Props, reveal } from "../values/value";
import type { Deployment } from "./deployment";
import { matchesPath } from "./paths";
import type { Planned } from "./planned";

const isDefault = (urn: string): boolean => urn.split("::").at(-1)!.startsWith("default");

/** Another provider is another account, perhaps: what it has made is made anew there. Default providers of the same package stand in for each other. */
const providerMoved = (
  { old, wanted }: Planned,
  aliasesOf: (urn: string) => readonly string[],
): boolean => {
  if (!old?.provider || !wanted.provider || isProviderType(wanted.type)) return false;
  const before = splitProvider(old.provider).urn;
  const now = splitProvider(wanted.provider).urn;
  if (before === now || aliasesOf(now).includes(before)) return false;
  return !(
    isDefault(before) &&
    isDefault(now) &&
    packageOf(typeOf(before)) === packageOf(typeOf(now))
  );
};

/** What the provider says is different, with the program's own wishes (replaceOnChanges, another provider) worked in. */
export const differenceOf = (deployment: Deployment, planned: Planned): Difference => {
  const { kind, old, wanted, goal } = planned;
  const difference = kind!.diff(
    {
      id: old!.id ?? "",
      inputs: reveal(old!.inputs) as Props,
      outputs: reveal(old!.outputs) as Props,
    },
    reveal(wanted.inputs) as Props,
  );
  const chosen = markReplaces(
    difference.detailed,
    (root, path) => difference.replaces.includes(root) || matchesPath(path, goal.replaceOnChanges),
  );
  const moved = providerMoved(planned, (urn) => deployment.aliases.get(urn) ?? []);
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

/** A provider may say of one path under a property that it replaces and of another that it does not: its word stands. */
const keepKinds = (given: Difference, marked: Difference): Difference["detailed"] =>
  Object.fromEntries(
    Object.entries(marked.detailed).map(([path, diff]) => [
      path,
      given.detailed[path]?.diffKind.endsWith("-replace") ? given.detailed[path] : diff,
    ]),
  );
