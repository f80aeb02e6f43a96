/**
 * What is checked, and how: render writes it as JSON, the monitor's programs read it. Durations are
 * seconds unless the name says otherwise.
 */
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
  /** Asked there, whatever the address's name leads to. */
  readonly via?: string;
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
  /** A job of that machine's own, of which its report tells: nobody is heard by the token. */
  readonly unit?: string;
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
    /** So long an upgrade that installs itself may wait. */
    readonly upgradesPendingSeconds?: number;
    /** So long no time server may have set its clock. */
    readonly unsyncedSeconds?: number;
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
  readonly maxTestedAgeSeconds: number;
}
/** The copy of the Observatory's own history on the primary, from the same file. */
export interface HistoryCheck extends CheckBase {
  readonly kind: "history";
  readonly statusFile: string;
  readonly maxAgeSeconds: number;
}
/** The live copies of databases, from what the unit that follows them says. */
export interface LiveCheck extends CheckBase {
  readonly kind: "live";
  readonly statusFile: string;
  /** So long nothing may be answered or fetched. */
  readonly maxFailingSeconds: number;
  /** The primary answers that often, whether something has changed or not. */
  readonly maxAgeSeconds: number;
}
/** The copy of that repository in the third place, from what the agent says of it. */
export interface OffsiteCheck extends CheckBase {
  readonly kind: "offsite";
  readonly statusFile: string;
  /** Of the newest backup there. */
  readonly maxAgeSeconds: number;
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

/**
 * Whether a failover would work, by what the unit that moves the names says, and by the copy of the
 * certificate.
 */
export interface FailoverCheck extends CheckBase {
  readonly kind: "failover";
  readonly reportFile: string;
  readonly certificateFile: string;
  readonly maxAgeSeconds: number;
  readonly minDays: number;
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
  | HistoryCheck
  | LiveCheck
  | OffsiteCheck
  | DriftCheck
  | FailoverCheck;
