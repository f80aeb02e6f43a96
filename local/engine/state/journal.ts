import type { OperationType, PendingOperation, Snapshot } from "./deployment";
import type { Resource } from "./resource";

/**
 * The state during an operation: what was there and has not been touched yet, and what this operation has made or confirmed, in the order in which it did.
 * Changes are made at once in memory; `flush` puts them on the disk, and a step counts as done only after it.
 */
export interface Journal {
  /** What was there at the start and is not done with yet. */
  readonly base: readonly Resource[];
  readonly fresh: readonly Resource[];
  /** What earlier, interrupted operations left. */
  readonly leftover: readonly PendingOperation[];
  /** When the state that was read had been written (ms). */
  readonly readAt: number;
  /** On the disk before a provider is called: should we die in the middle, the next run knows what was under way. Returns what takes it back. */
  begin(type: OperationType, resource: Resource): Promise<() => void>;
  /** `made` takes the place of `old` (either may be absent). With `quiet`, nothing worth a write has changed. */
  settle(change: { old?: Resource; made?: Resource; quiet?: boolean }): void;
  /** Changes a resource where it stands. */
  amend(from: Resource, to: Resource, quiet?: boolean): void;
  /** Something that exists but was not in the state (left by an interrupted creation, or imported). */
  adopt(resource: Resource): void;
  /** What was interrupted has been dealt with. */
  forget(operation: PendingOperation): void;
  snapshot(): Snapshot;
  /** Resolves when all that has changed so far is on the disk. Steps that end while a write is under way share the next one. */
  flush(): Promise<void>;
}

export const openJournal = (
  start: Snapshot,
  write: (snapshot: Snapshot) => Promise<void>,
): Journal => {
  let base = [...start.resources];
  let fresh: Resource[] = [];
  const pending = new Set<PendingOperation>(start.pending);
  let dirty = false;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  const snapshot = (): Snapshot => ({ resources: [...fresh, ...base], pending: [...pending] });
  const flush = async (): Promise<void> => {
    if (!dirty) return await (next ?? writing);
    const current = writing.catch(() => {});
    next ??= current.then(() => {
      next = null;
      dirty = false;
      writing = write(snapshot());
      return writing;
    });
    await next;
  };

  return {
    get base() {
      return base;
    },
    get fresh() {
      return fresh;
    },
    leftover: start.pending,
    readAt: start.at ?? 0,
    begin: async (type, resource) => {
      const operation = { type, resource };
      pending.add(operation);
      dirty = true;
      await flush();
      return () => {
        pending.delete(operation);
        dirty = true;
      };
    },
    settle: ({ old, made, quiet }) => {
      if (old) base = base.filter((each) => each !== old);
      if (made) fresh.push(made);
      dirty ||= !quiet;
    },
    amend: (from, to, quiet) => {
      base = base.map((each) => (each === from ? to : each));
      fresh = fresh.map((each) => (each === from ? to : each));
      dirty ||= !quiet;
    },
    adopt: (resource) => {
      base.push(resource);
      dirty = true;
    },
    forget: (operation) => {
      if (pending.delete(operation)) dirty = true;
    },
    snapshot,
    flush,
  };
};
