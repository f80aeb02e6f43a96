import { coalesce } from "./coalesce";

export interface Saving {
  /** Something has changed: it is written soon, without anybody's asking. */
  readonly changed: () => void;
  readonly save: () => Promise<void>;
}

/**
 * Brings changes to disk soon, and at once for who waits for it; a write that runs is shared.
 */
export const createSaving = (
  write: () => Promise<void>,
  isNew: boolean,
  failed: (error: Error) => void,
): Saving => {
  let changes = isNew ? 1 : 0;
  let [begun, written] = [0, 0];
  let scheduled = false;
  const writeOnce = coalesce(async () => {
    const upTo = changes;
    begun = upTo;
    try {
      await write();
      written = upTo;
    } catch (error) {
      begun = written;
      throw error;
    }
  });
  const save = (): Promise<void> => (written === changes ? Promise.resolve() : writeOnce());
  return {
    save,
    changed: () => {
      changes++;
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        if (begun !== changes) save().catch(failed);
      });
    },
  };
};
