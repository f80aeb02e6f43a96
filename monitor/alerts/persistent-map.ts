/**
 * A map that is never changed: a change makes a new one, which shares the large part with the one
 * before. With ten thousand checks, a copy of the whole for each run would be most of the work.
 */
export interface PersistentMap<Value> {
  readonly base: ReadonlyMap<string, Value>;
  /** What differs from `base`. */
  readonly recent: ReadonlyMap<string, Value>;
}

/** So many changes are copied from version to version before they become part of the base. */
const RECENT_LIMIT = 128;

export const persistentMap = <Value>(base: ReadonlyMap<string, Value>): PersistentMap<Value> => ({
  base,
  recent: new Map(),
});

export const valueOf = <Value>(map: PersistentMap<Value>, key: string): Value | undefined =>
  map.recent.get(key) ?? map.base.get(key);

export const withChanges = <Value>(
  map: PersistentMap<Value>,
  changes: ReadonlyMap<string, Value>,
): PersistentMap<Value> => {
  if (changes.size === 0) return map;
  const recent = new Map([...map.recent, ...changes]);
  return recent.size <= RECENT_LIMIT
    ? { base: map.base, recent }
    : persistentMap(new Map([...map.base, ...recent]));
};

export const entriesOf = <Value>({
  base,
  recent,
}: PersistentMap<Value>): readonly (readonly [string, Value])[] => [
  ...new Map([...base, ...recent]),
];
