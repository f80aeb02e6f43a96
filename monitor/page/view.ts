import type { ObservatoryConfig } from "../../config/monitor";
import type { Outbox } from "../adapters/outbox";
import type { Alerts } from "../alerts/alerts";
import type { Database } from "../store/database";
import type { Writer } from "../store/writer";

/** What pages are made from. */
export interface View {
  readonly config: ObservatoryConfig; readonly alerts: Alerts; readonly writer: Writer; readonly outbox: Outbox; readonly database: Database;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  now(): number;
  /** Runs of a check since the start. */
  runs(id: string): number;
}
