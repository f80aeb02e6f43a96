import { isList, isProps, type Props, same, type Value } from "../values/value";
import type { DetailedDiff, DiffKind, Difference, PropertyDiff } from "./provider";

const step = (path: string, key: string): string => {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};
const changeKind = (was: boolean, is: boolean): DiffKind => {
  if (was) return "add";
  return is ? "delete" : "update";
};

const walk = (
  path: string,
  old: Value | undefined,
  now: Value | undefined,
  found: Record<string, PropertyDiff>,
): void => {
  if (same(old, now)) return;
  const was = old === undefined || old === null;
  const is = now === undefined || now === null;
  if (was && is) return;
  if (isProps(old) && isProps(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
      if (!key.startsWith("__")) walk(step(path, key), old[key], now[key], found);
    return;
  }
  if (isList(old) && isList(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++)
      walk(`${path}[${index}]`, old[index], now[index], found);
    return;
  }
  found[path] = { diffKind: changeKind(was, is), inputDiff: true };
};

/**
 * Every property that differs, by path. Null counts as absent; what begins with "__" is a
 * provider's own note.
 */
export const detailedDiff = (old: Props, now: Props): DetailedDiff => {
  const found: Record<string, PropertyDiff> = {};
  walk("", old, now, found);
  return found;
};

export const rootOf = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;

/**
 * Marks the differences of `replacing` properties (all of them with "*") as needing a replacement.
 */
export const markReplaces = (
  detailed: DetailedDiff,
  replacing: (root: string, path: string) => boolean,
): Difference => {
  const replaces = new Set<string>();
  const marked = Object.fromEntries(
    Object.entries(detailed).map(([path, diff]) => {
      if (!replacing(rootOf(path), path)) return [path, diff];
      replaces.add(rootOf(path));
      return [
        path,
        {
          ...diff,
          diffKind: diff.diffKind.includes("-")
            ? diff.diffKind
            : (`${diff.diffKind}-replace` as DiffKind),
        },
      ];
    }),
  );
  return { detailed: marked, replaces: [...replaces] };
};

/** The usual diff: inputs against inputs. */
export const inputDiff = (old: Props, now: Props, replacing: readonly string[] | "*"): Difference =>
  markReplaces(detailedDiff(old, now), (root) => replacing === "*" || replacing.includes(root));

/** The same, told of the state instead of the inputs: what the command provider does. */
export const stateDiff = (old: Props, now: Props, replacing: readonly string[]): Difference => {
  const { detailed, replaces } = inputDiff(old, now, replacing);
  return {
    detailed: Object.fromEntries(
      Object.entries(detailed).map(([path, { diffKind }]) => [
        path,
        { diffKind, inputDiff: false },
      ]),
    ),
    replaces,
  };
};
