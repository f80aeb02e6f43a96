import type { OperationType, PendingOperation, Snapshot } from "./checkpoint";
import type { Resource } from "./resource";

/**
 * The state during an operation: what was there and has not been touched yet, and what this
 * operation has made or confirmed, in the order in which it did.
 * Changes are made at once in memory; `flush` puts them on the disk, and a step counts as done only
 * after it.
 */
export interface Journal {
  /** What was there at the start and is not done with yet. */
  readonly base: readonly Resource[];
  readonly fresh: readonly Resource[];
  /** What earlier, interrupted operations left. */
  readonly leftover: readonly PendingOperation[];
  /**
   * On the disk before a provider is called: should we die in the middle, the next run knows what
   * was under way. Returns what takes it back.
   */
  readonly begin: (type: OperationType, resource: Resource) => Promise<() => void>;
  /**
   * `made` takes the place of `old` (either may be absent). With `quiet`, nothing worth a write has
   * changed.
   */
  readonly settle: (change: { old?: Resource; made?: Resource; quiet?: boolean }) => void;
  /** Changes a resource where it stands. */
  readonly amend: (from: Resource, to: Resource, quiet?: boolean) => void;
  /**
   * Something that exists but was not in the state (left by an interrupted creation, or imported).
   */
  readonly adopt: (resource: Resource) => void;
  /** What was interrupted has been dealt with. */
  readonly forget: (operation: PendingOperation) => void;
  /**
   * Resolves when all that has changed so far is on the disk. Steps that end while a write is under
   * way share the next one.
   */
  readonly flush: () => Promise<void>;
}

/**
 * Writes at most one at a time. Changes that come while a write is under way share the next one.
 */
const createWriter = (write: () => Promise<void>) => {
  let dirty = false;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return {
    touch: (): void => {
      dirty = true;
    },
    flush: async (): Promise<void> => {
      if (!dirty) return await (next ?? writing);
      const current = writing.catch(() => {});
      next ??= current.then(() => {
        next = undefined;
        dirty = false;
        writing = write();
        return writing;
      });
      await next;
    },
  };
};

/** `write`: puts a snapshot on the disk. */
export const createJournal = (
  start: Snapshot,
  write: (snapshot: Snapshot) => Promise<void>,
): Journal => {
  let base = [...start.resources];
  let fresh: Resource[] = [];
  const pending = new Set<PendingOperation>(start.pending);
  const snapshot = (): Snapshot => ({ resources: [...fresh, ...base], pending: [...pending] });
  const { touch, flush } = createWriter(async () => await write(snapshot()));

  return {
    get base() {
      return base;
    },
    get fresh() {
      return fresh;
    },
    leftover: start.pending,
    begin: async (type, resource) => {
      const operation = { type, resource };
      pending.add(operation);
      touch();
      await flush();
      return () => {
        pending.delete(operation);
        touch();
      };
    },
    settle: ({ old, made, quiet }) => {
      if (old) base = base.filter((each) => each !== old);
      if (made) fresh.push(made);
      if (!quiet) touch();
    },
    amend: (from, to, quiet) => {
      base = base.map((each) => (each === from ? to : each));
      fresh = fresh.map((each) => (each === from ? to : each));
      if (!quiet) touch();
    },
    adopt: (resource) => {
      base.push(resource);
      touch();
    },
    forget: (operation) => {
      if (pending.delete(operation)) touch();
    },
    flush,
  };
};
