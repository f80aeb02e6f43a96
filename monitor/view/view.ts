import type { ObservatoryConfig } from "@second-server/contract/observatory";

import type { Announced } from "../actions/announcements";
import type { QueuedMessage } from "../adapters/queued-message";
import type { AlertState } from "../alerts/alert-state";
import type { Window } from "../alerts/maintenance";
import type { Backlog } from "../checks/schedule";
import type { FailoverStatus } from "../failover/failover";
import type { Load } from "../self/overload";
import type { StorageStatus } from "../store/writer";

/**
 * What the monitor knows at this moment, for pages and reports. Nothing can be changed through it.
 */
export interface View {
  /** Milliseconds since the epoch, as all times here. */
  readonly startedAt: number;
  now(): number;
  config(): ObservatoryConfig;
  alerts(): AlertState;
  /** Runs of a check since the monitor started. */
  runs(check: string): number;
  /** The windows that are open now. */
  maintenance(): readonly Window[];
  /** The windows that the primary announced in the last 24 hours. */
  announced(): readonly Announced[];
  storage(): StorageStatus;
  /** Whether what is wrong with the storage is known by an alert of the monitor's own. */
  isStorageTold(): boolean;
  load(): Load;
  /** Whether the load is too much, for so long that it has been told. */
  isOverloaded(): boolean;
  backlog(): Backlog;
  /** Since when this machine itself has had no network. */
  offlineSince(): number | undefined;
  /** Messages that have not left yet. */
  waiting(): readonly QueuedMessage[];
  /** Who serves; undefined where the watcher never takes over. */
  failover(): FailoverStatus | undefined;
}

/** The status page's address, with a slash at its end. */
export const baseUrl = ({ statusUrl }: Pick<ObservatoryConfig, "statusUrl">): string =>
  statusUrl.endsWith("/") ? statusUrl : `${statusUrl}/`;
