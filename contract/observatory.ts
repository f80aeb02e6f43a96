/**
 * The contract between render (which writes these as JSON) and the monitor's programs on the
 * servers. Durations are seconds unless the name says otherwise.
 */
import type { SmtpRelay } from "./channels/email";
import type { Channel } from "./channels/registry";
import type { Role } from "./roles";

/**
 * What a check stands on. A broken lower layer is the alert; what lies above it on the same machine
 * is named in it and silent.
 */
export const LAYERS = ["dns", "primary", "nginx", "service", "certificate", "data"] as const;
export type Layer = (typeof LAYERS)[number];

interface CheckBase {
  /** Unique, e.g. "blog" or "primary/ping". */
  readonly id: string;
  /** The service it belongs to, as in `services`. */
  readonly service?: string;
  /** @default "service"; the check named by `ObservatoryConfig.primary` is "primary". */
  readonly layer?: Layer;
  /**
   * The machine it looks at; layers hold back only checks of the same machine. @default "primary"
   */
  readonly machine?: Role;
  readonly intervalSeconds?: number;
  /** Below the interval. */
  readonly timeoutSeconds?: number;
  readonly failAfter?: number;
  readonly passAfter?: number;
}

export interface HttpCheck extends CheckBase {
  readonly kind: "http";
  readonly url: string;
  readonly status: number;
  readonly contains?: string;
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Regular expression the body has to match. */
  readonly matches?: string;
  /** JSON body: the value at the path ("a.b.0.c") has to equal this. */
  readonly json?: { readonly path: string; readonly equals: string | number | boolean | null };
  /** Slower than this fails. */
  readonly maxLatencyMs?: number;
  /** Redirects followed. @default 0 */
  readonly redirects?: number;
  /**
   * The unit behind it on that machine: an answer counts only while this one runs, and is not
   * started over and over.
   */
  readonly unit?: string;
}
export interface TcpCheck extends CheckBase {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
}
/** The certificate as served; fails when it does not verify or has fewer days left. */
export interface CertificateCheck extends CheckBase {
  readonly kind: "certificate";
  readonly host: string;
  /** @default 443 */ readonly port?: number;
  /** @default 14 */ readonly minDays?: number;
}
/** The answer has to equal this set. */
export interface DnsCheck extends CheckBase {
  readonly kind: "dns";
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "MX" | "NS" | "TXT" | "CAA";
  /** Absent: any answer will do. */
  readonly equals?: readonly string[];
}
export interface IcmpCheck extends CheckBase {
  readonly kind: "icmp";
  readonly host: string;
}
/** A server that speaks SSH 2: its banner starts with "SSH-2.0-" (or "SSH-1.99-"). */
export interface SshCheck extends CheckBase {
  readonly kind: "ssh";
  readonly host: string;
  /** @default 22 */ readonly port?: number;
}
/**
 * A job that should have reported: POST/GET /heartbeat/TOKEN (done), TOKEN.start, TOKEN.fail on the
 * Observatory.
 */
export interface HeartbeatCheck extends CheckBase {
  readonly kind: "heartbeat";
  readonly token: string;
  /**
   * One of the two: a period, or a schedule in cron ("15 3 * * *") or systemd calendar syntax
   * ("daily", "Mon *-*-* 03:00:00").
   */
  readonly periodSeconds?: number;
  readonly schedule?: string;
  readonly graceSeconds: number;
}
/** systemd units that have to be active on that machine (primary: as its watchdog reports). */
export interface UnitCheck extends CheckBase {
  readonly kind: "unit";
  readonly unit: string;
}
/** Host metrics of that machine against limits (primary: as its watchdog reports). */
export interface HostCheck extends CheckBase {
  readonly kind: "host";
  readonly limits: {
    readonly memoryPercent?: number;
    readonly diskPercent?: number;
    readonly inodesPercent?: number;
    readonly clockSeconds?: number;
    /** So long a reboot may be pending. */
    readonly rebootPendingSeconds?: number;
    /**
     * The certificate's renewal: certbot's last run and the last trial have to have ended well, and
     * that trial not longer ago than this.
     */
    readonly trialSeconds?: number;
  };
}
/**
 * Age of the newest verified backup (and of the last verified restore), from the file that
 * `fleet-agent backup pull` writes.
 */
export interface BackupCheck extends CheckBase {
  readonly kind: "backup";
  readonly statusFile: string;
  readonly maxAgeSeconds: number;
  readonly maxRestoreAgeSeconds?: number;
}
/**
 * The encrypted repository of backups, from the same file: each of its works ended well, and within
 * its time.
 */
export interface RepositoryCheck extends CheckBase {
  readonly kind: "repository";
  readonly statusFile: string;
  readonly maxTakenAgeSeconds: number;
  readonly maxCheckedAgeSeconds: number;
}
/**
 * The failover copy on this machine against the list that came with it: each file is there and has
 * its SHA-256. `manifest`: JSON {files: [{path, sha256}]}, paths relative to `folder`.
 */
export interface DriftCheck extends CheckBase {
  readonly kind: "drift";
  readonly folder: string;
  readonly manifest: string;
}

export type Check =
  | HttpCheck
  | TcpCheck
  | CertificateCheck
  | DnsCheck
  | IcmpCheck
  | SshCheck
  | HeartbeatCheck
  | UnitCheck
  | HostCheck
  | BackupCheck
  | RepositoryCheck
  | DriftCheck;

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
