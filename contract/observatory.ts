/**
 * The contract between render (which writes these as JSON) and the monitor's programs on the
 * servers. Durations are seconds unless the name says otherwise.
 */
import type { SmtpRelay } from "./channels/email";
import type { Channel } from "./channels/registry";
import type { Check, TcpCheck } from "./check-settings";
import type { FailoverConfig } from "./failover";

/**
 * Times are in the machine's own zone; weekly: days 0 (Sunday) to 6 and "HH:MM"; once: ISO
 * instants.
 */
export type Maintenance = { readonly title: string; readonly services?: readonly string[] } & (
  | { readonly from: string; readonly to: string }
  | {
      readonly weekly: {
        readonly days: readonly number[];
        readonly at: string;
        readonly minutes: number;
      };
    }
);

export interface AlertConfig {
  /** Mail is the first channel: to whom, from whom, by which relay. */
  readonly to: readonly string[];
  readonly from: string;
  readonly relay: SmtpRelay;
  /** The channels that are tried in turn when the mail can't leave. */
  readonly fallback?: readonly Channel[];
  /** A reminder while something stays down, in minutes; 0 for none. @default 240 */
  readonly remindMinutes?: number;
  /**
   * More turns than this within the hour is flapping: one mail, then quiet until it has settled.
   * @default 6
   */
  readonly flapsPerHour?: number;
  readonly maintenance?: readonly Maintenance[];
  /**
   * GET this every minute while all is well with the monitor itself: an outside dead-man's switch.
   */
  readonly deadMan?: { readonly url: string; readonly intervalSeconds?: number };
}

export interface ReportConfig {
  /** Cron, e.g. "0 7 * * *": the report is sent then if something is wrong. */
  readonly schedule?: string;
  /** Cron of a summary that is sent in any case, e.g. "0 8 * * 1". */
  readonly weekly?: string;
}

/** /etc/fleet/observatory.json on the watcher. */
export interface ObservatoryConfig {
  readonly fleet: string;
  readonly domain: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly database: string;
  readonly statusUrl: string;
  /**
   * A check of the primary as a whole; while it fails, the services' own alerts are held back and
   * named in it.
   */
  readonly primary: Check;
  readonly services: readonly { readonly name: string; readonly url: string }[];
  readonly checks: readonly Check[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failAfter: number;
  readonly passAfter: number;
  readonly alerts: AlertConfig;
  /**
   * Places outside of the fleet: if none answers, the watcher blames its own network. @default the
   * mail relay
   */
  readonly network?: readonly TcpCheck[];
  readonly report?: ReportConfig;
  /**
   * File with the owner's key (at least 32 characters): it signs the links in mails and what the
   * CLI asks for on this machine, and may do everything. Absent: one is made beside the database.
   */
  readonly signingKeyFile?: string;
  /**
   * File with the primary's key: it may report, and announce short maintenance. Absent: the primary
   * is not heard.
   */
  readonly primaryKeyFile?: string;
  /**
   * Login of the operator's view: file with a password (the user is then "operator"), or with
   * "user:scrypt$salt$hash" (made by `monitor password`). Absent: no such view.
   */
  readonly operatorFile?: string;
  /** Absent: the watcher never takes over. */
  readonly failover?: FailoverConfig;
}

/** /etc/fleet/watchdog.json on the primary. */
export interface WatchdogConfig {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failAfter: number;
  readonly maxRestartsPerHour: number;
  /** Where it keeps its counters over a restart of itself. */
  readonly stateFile: string;
  readonly services: readonly {
    readonly name: string;
    readonly unit: string;
    readonly url: string;
    readonly status: number;
    readonly contains?: string;
    /** So long after its start it may not answer yet, and is not restarted. @default 0 */
    readonly startSeconds?: number;
  }[];
  /** The primary watches the watcher: asked every interval, alerted by its own way to send. */
  readonly watcher?: {
    readonly fleet: string;
    /** Where people look: the status page. */ readonly url: string;
    readonly checks: readonly Check[];
    readonly passAfter: number;
    readonly alerts: AlertConfig;
    /** As the Observatory's. */ readonly network?: readonly TcpCheck[];
  };
  /**
   * Where this machine's unit states and host metrics are sent every interval (the Observatory's
   * /report), signed with the key in the file: the same as the Observatory's primaryKeyFile.
   */
  readonly report?: {
    readonly url: string;
    readonly keyFile: string;
    readonly units: readonly string[];
  };
}
