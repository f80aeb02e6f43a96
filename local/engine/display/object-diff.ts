import type { Step } from "../events/events";
import { parsePath } from "../plan/paths";
import type { DiffKind } from "../providers/provider";
import {
  isList,
  isProps,
  type Props,
  same,
  Secret,
  Unknown,
  UNKNOWN,
  type Value,
} from "../values/value";

type Key = string | number;
/** How two lists or objects differ, by index or name. */
export interface Diffs {
  readonly adds: Map<Key, Value>;
  readonly deletes: Map<Key, Value>;
  readonly sames: Map<Key, Value>;
  readonly updates: Map<Key, Change>;
}
/** `inner`: the two are both lists, or both objects, and this is what differs within. */
export interface Change {
  readonly old: Value;
  readonly now: Value;
  readonly inner?: Diffs;
}

const none = (): Diffs => ({
  adds: new Map(),
  deletes: new Map(),
  sames: new Map(),
  updates: new Map(),
});
export const keysOf = ({ adds, deletes, sames, updates }: Diffs): readonly Key[] => {
  const keys = [
    ...new Set([...adds.keys(), ...deletes.keys(), ...sames.keys(), ...updates.keys()]),
  ];
  return keys.sort((a, b) => (a < b ? -1 : 1));
};
const isEmpty = ({ adds, deletes, updates }: Diffs): boolean =>
  adds.size + deletes.size + updates.size === 0;
const isInternal = (key: Key): boolean => typeof key === "string" && key.startsWith("__");
const has = (value: Value | undefined): value is Value => value !== undefined && value !== null;

const entriesOf = (value: Props | readonly Value[]): Map<Key, Value> =>
  new Map<Key, Value>(
    isList(value) ? value.map((item, index) => [index, item]) : Object.entries(value),
  );

/** Null where the two are equal. What begins with "__" is a provider's own note and never shown. */
export const diffOf = (
  old: Props | readonly Value[],
  now: Props | readonly Value[],
): Diffs | null => {
  const found = none();
  const [before, after] = [entriesOf(old), entriesOf(now)];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (isInternal(key)) continue;
    const [was, is] = [before.get(key), after.get(key)];
    const change = was === undefined || is === undefined ? null : changeOf(was, is);
    if (was !== undefined && is !== undefined && !change) found.sames.set(key, was);
    else if (!has(was)) {
      if (has(is)) found.adds.set(key, is);
    } else if (!has(is)) found.deletes.set(key, was);
    else found.updates.set(key, change!);
  }
  return isEmpty(found) ? null : found;
};

export const changeOf = (old: Value, now: Value): Change | null => {
  if ((isList(old) && isList(now)) || (isProps(old) && isProps(now))) {
    const inner = diffOf(old, now);
    return inner && { old, now, inner };
  }
  return isEqual(old, now) ? null : { old, now };
};

/** Here an unknown equals an unknown, and only a secret equals a secret. */
const isEqual = (old: Value, now: Value): boolean => {
  if (old instanceof Unknown && now instanceof Unknown) return true;
  return old instanceof Secret === now instanceof Secret && same(old, now);
};

/**
 * Below a secret or an unknown there is nothing to be told apart: the whole of it stands for its
 * parts.
 */
const childOf = (parent: Value | undefined, key: Key): Value | undefined => {
  if (isList(parent)) return typeof key === "number" ? parent[key] : undefined;
  if (isProps(parent)) return parent[String(key)];
  return parent instanceof Secret || parent instanceof Unknown ? parent : undefined;
};

type Growing = { old: Value; now: Value; inner?: Diffs };
const place = (
  parent: Growing,
  [key, ...rest]: readonly Key[],
  kind: DiffKind,
  old: Value | undefined,
  now: Value | undefined,
): void => {
  if (key === undefined) return;
  const diffs = (parent.inner ??= none());
  const [was, is] = [childOf(old, key), childOf(now, key)];
  const verb = kind.replace("-replace", "");
  if (rest.length === 0) {
    if (verb === "add") diffs.adds.set(key, is ?? UNKNOWN);
    else if (verb === "delete") diffs.deletes.set(key, was ?? UNKNOWN);
    else
      diffs.updates.set(
        key,
        (was !== undefined && is !== undefined ? changeOf(was, is) : null) ?? {
          old: was ?? null,
          now: is ?? null,
        },
      );
  } else if (!has(was) && has(is)) diffs.adds.set(key, is);
  else if (has(was) && !has(is)) diffs.deletes.set(key, was);
  else {
    const change: Growing = {
      ...(diffs.updates.get(key) ?? { old: was ?? null, now: is ?? null }),
    };
    place(change, rest, kind, was, is);
    diffs.updates.set(key, change);
  }
};

/**
 * A provider's detailed diff (path → kind) with the values that belong to it; `refreshed`: what the
 * provider has found, against what was known.
 */
export const translated = ({ detailed, old, new: now }: Step, refreshed = false): Diffs => {
  const root: Growing = { old: null, now: null, inner: none() };
  for (const [path, { diffKind, inputDiff }] of Object.entries(detailed ?? {})) {
    place(
      root,
      parsePath(path),
      diffKind,
      inputDiff ? old?.inputs : old?.outputs,
      refreshed && !inputDiff ? now?.outputs : now?.inputs,
    );
  }
  return root.inner!;
};
