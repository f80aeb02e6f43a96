import type { CheckState } from "./check-state";

/** What is well again, and whose all-clear waits for that of the others. */
export interface Cleared {
  readonly name: string;
  readonly since: number;
  readonly until: number;
  readonly error: string;
}

/**
 * What users are told about; opened by the lowest broken check. Times are milliseconds since the
 * epoch.
 */
export interface Incident {
  readonly id: number;
  readonly check: string;
  readonly name: string;
  readonly service?: string;
  readonly opened: number;
  readonly closed?: number;
  readonly error: string;
  /** It has been told that the machine has no disk space or no inodes left. */
  readonly exhausted?: boolean;
  /** Names of what was not reachable with it. */
  readonly above: readonly string[];
  /** The first incident of those that one message told of; they are cleared by one, too. */
  readonly group?: number;
  /** All-clears of the same group that have not been told yet. */
  readonly owed?: readonly Cleared[];
  /** When the last message about it was sent; absent while none was (maintenance, flapping). */
  readonly told?: number;
  readonly acknowledged?: { readonly at: number; readonly by: string };
  readonly snoozedUntil?: number;
  /** Why nobody was told: the maintenance window's title, or that it flaps. */
  readonly quiet?: string;
}

export type EventKind =
  | "opened"
  | "with"
  | "resolved"
  | "acknowledged"
  | "snoozed"
  | "reminded"
  | "quiet"
  | "told"
  | "worse";

/** Where each step is kept. Calls return at once: nothing here waits for storage. */
export interface Journal {
  state(id: string, state: CheckState): void;
  incident(incident: Incident): void;
  event(incident: number, at: number, kind: EventKind, text: string): void;
}
