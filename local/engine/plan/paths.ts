import { omit } from "../omit";
import { isList, isProps, mapProps, type Props, Secret, type Value } from "../values/value";

type Path = readonly (string | number)[];

/** "a.b[0]["c d"]" → ["a", "b", 0, "c d"]. */
export const parsePath = (path: string): Path =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name = ""]) => {
      if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
      return index === undefined || index === "*" ? (index ?? name) : Number(index);
    },
  );

const bareOf = (value: Value | undefined): Value | undefined =>
  value instanceof Secret ? value.value : value;

const childOf = (value: Value | undefined, key: string | number): Value | undefined => {
  const inner = bareOf(value);
  if (isList(inner) && typeof key === "number") return inner[key];
  return isProps(inner) ? inner[String(key)] : undefined;
};

const putIntoList = (items: readonly Value[], before: Value | undefined, path: Path): Value => {
  const [key, ...rest] = path;
  return items.map((item, index) =>
    key === "*" || key === index ? (put(item, childOf(before, index), rest) ?? null) : item,
  );
};

const putIntoProps = (props: Props, before: Value | undefined, path: Path): Props => {
  const [key = "", ...rest] = path;
  if (key === "*")
    return mapProps(props, (item, name) => put(item, childOf(before, name), rest) ?? null);
  const changed = put(props[key], childOf(before, key), rest);
  return changed === undefined ? omit(props, String(key)) : { ...props, [key]: changed };
};

/** `now`, with what `before` has at this path. */
const put = (now: Value | undefined, before: Value | undefined, path: Path): Value | undefined => {
  if (path.length === 0) return before;
  const inner = bareOf(now);
  const wrap = (value: Value): Value => (now instanceof Secret ? new Secret(value) : value);
  if (isList(inner)) return wrap(putIntoList(inner, before, path));
  return isProps(inner) ? wrap(putIntoProps(inner, before, path)) : now;
};

/** `ignoreChanges`: the named properties as they were. */
export const keepIgnored = (inputs: Props, before: Props, paths: readonly string[]): Props =>
  paths.reduce((now, path) => {
    const parts = parsePath(path);
    return path === "*" || parts.length === 0 ? before : putIntoProps(now, before, parts);
  }, inputs);

/** Whether a changed path is one of `patterns` or below one ("*" stands for any). */
export const matchesPath = (path: string, patterns: readonly string[]): boolean => {
  const parts = parsePath(path);
  return patterns.some((pattern) =>
    parsePath(pattern).every(
      (part, index) => part === "*" || parts[index] === undefined || parts[index] === part,
    ),
  );
};
