import type { FailoverMode, FailoverOrder } from "@second-server/contract/failover";
import type { Role } from "@second-server/contract/roles";

import type { Row } from "../alerts/message-body";

/** All that is known of failover, over a restart. Times are milliseconds since the epoch. */
export interface FailoverState {
  readonly mode: FailoverMode;
  /** Where the names are to lead. */
  readonly to: Role;
  /** Where they lead, by the word of the unit that moves them. */
  readonly active: Role;
  /** The newest order's number. */
  readonly order: number;
  readonly byHand: boolean;
  /** When it was last given, while it has not been carried out. */
  readonly askedAt?: number;
  /** The primary was well once: a fleet that is being set up has not failed. */
  readonly armed: boolean;
  /** Rounds without an answer of its nginx, and since when. */
  readonly failing: number;
  readonly failingSince?: number;
  /** What SSH says of it: whether the machine is gone, or its web server alone. */
  readonly reached: boolean;
  /** Two places outside have answered this machine in the last round that failed. */
  readonly network: boolean;
  /** Rounds with an answer. */
  readonly good: number;
  /** When the watcher took over by itself, within the last hour. */
  readonly takeovers: readonly number[];
  /** Since when the primary does not answer, while the names are to lead to the watcher. */
  readonly since?: number;
  /** When they were last moved. */
  readonly movedAt?: number;
  /** The report of moved records that was heard last: after a restart it still lies there. */
  readonly movesHeard?: string;
  /** That the limit holds a takeover back, or that an order fails, has been told. */
  readonly limitTold?: boolean;
  readonly errorTold?: boolean;
}

export const FRESH: FailoverState = {
  mode: "auto",
  to: "primary",
  active: "primary",
  order: 0,
  byHand: false,
  armed: false,
  failing: 0,
  reached: true,
  network: false,
  good: 0,
  takeovers: [],
};

export interface FailoverRules {
  readonly failAfter: number;
  readonly backAfter: number;
  readonly perHour: number;
  /** The names of the services that the watcher has copies of, for people. */
  readonly copied: readonly string[];
  /** Why nothing is to move by itself: announced work, on the primary or on all. */
  readonly quiet?: string;
}

export type FailoverEffect =
  | { readonly kind: "keep"; readonly state: FailoverState }
  | { readonly kind: "order"; readonly order: FailoverOrder }
  | { readonly kind: "note"; readonly lead: string; readonly rows: readonly Row[] }
  | { readonly kind: "log"; readonly line: string };
