import { omit } from "../omit";
import { isList, isProps, type Props, Secret, type Value } from "../values/value";

/** "a.b[0]["c d"]" → ["a", "b", 0, "c d"]. */
export const parsePath = (path: string): readonly (string | number)[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) =>
      quoted !== undefined
        ? quoted.replace(/\\(.)/g, "$1")
        : index !== undefined && index !== "*"
          ? Number(index)
          : (index ?? name!),
  );

const bareOf = (value: Value | undefined): Value | undefined =>
  value instanceof Secret ? value.value : value;

const childOf = (value: Value | undefined, key: string | number): Value | undefined => {
  const inner = bareOf(value);
  if (isList(inner) && typeof key === "number") return inner[key];
  return isProps(inner) ? inner[String(key)] : undefined;
};

const put = (
  now: Value | undefined,
  before: Value | undefined,
  [key, ...rest]: readonly (string | number)[],
): Value | undefined => {
  if (key === undefined) return before;
  const inner = bareOf(now);
  const wrap = (value: Value): Value => (now instanceof Secret ? new Secret(value) : value);
  if (isList(inner)) {
    if (key === "*")
      return wrap(inner.map((item, index) => put(item, childOf(before, index), rest) ?? null));
    return wrap(
      inner.map((item, index) =>
        index === key ? (put(item, childOf(before, index), rest) ?? null) : item,
      ),
    );
  }
  if (!isProps(inner)) return now;
  if (key === "*")
    return wrap(
      Object.fromEntries(
        Object.entries(inner).map(([name, item]) => [
          name,
          put(item, childOf(before, name), rest) ?? null,
        ]),
      ),
    );
  const changed = put(inner[key], childOf(before, key), rest);
  return wrap(changed === undefined ? omit(inner, String(key)) : { ...inner, [key]: changed });
};

/** `ignoreChanges`: the named properties as they were. */
export const keepIgnored = (inputs: Props, before: Props, paths: readonly string[]): Props =>
  paths.reduce(
    (now, path) => (path === "*" ? before : (put(now, before, parsePath(path)) as Props)),
    inputs,
  );

/** Whether a changed path is one of `patterns` or below one ("*" stands for any). */
export const matchesPath = (path: string, patterns: readonly string[]): boolean => {
  const parts = parsePath(path);
  return patterns.some((pattern) =>
    parsePath(pattern).every(
      (part, index) => part === "*" || parts[index] === undefined || parts[index] === part,
    ),
  );
};
