import type { Check, Layer } from "@second-server/contract/check-settings";
import type { Role } from "@second-server/contract/roles";

import type { Stage } from "../checks/stage";
import { FRESH, type Rule, type Streak } from "./streak";

/**
 * What is remembered of a check, persisted at each step. Times are milliseconds since the epoch.
 */
export interface CheckState extends Streak {
  /** Start of the last run that counted. */
  readonly lastAt?: number;
  readonly lastMs?: number;
  readonly detail?: string;
  /** First failure of the failing streak or of the open incident. */
  readonly since?: number;
  /** Stays after a pass, so that the all-clear can name it. */
  readonly lastError?: string;
  /** The incident that this check opened, once it was announced. */
  readonly incident?: number;
  /** When it began to fire, while it has not been announced. */
  readonly firedAt?: number;
  /** The lower check that holds it back. */
  readonly heldBy?: string;
  /** When it fired and resolved within the last hour. */
  readonly turns?: readonly number[];
  readonly flapping?: boolean;
  /** It fires because its machine has no disk space or no inodes left. */
  readonly exhausted?: boolean;
  /** What the last run failed at; absent after a pass. */
  readonly stage?: Stage;
  /** The last run failed by silence. */
  readonly late?: boolean;
  /** First run ever; dropped with the first pass. */
  readonly newSince?: number;
}

export const unseen: CheckState = FRESH;

/** The check as alerting sees it. */
export interface Watched {
  readonly id: string;
  readonly service?: string;
  readonly layer: Layer;
  readonly machine: Role;
  /** What it looks at has a name in the fleet's own zone. */
  readonly inZone?: boolean;
  readonly rule: Rule;
  readonly check: Check;
}
