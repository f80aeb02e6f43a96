/**
 * The fleet as frozen facts: what `fleet.yaml` and the stack's config come to once checked and
 * filled in. Everything downstream reads only this.
 */

import type { BackupKeep } from "@second-server/contract/backups";
import type { Check } from "@second-server/contract/check-settings";
import type { Maintenance } from "@second-server/contract/observatory";
import type { Role } from "@second-server/contract/roles";

import type { ChannelFacts } from "./channels";
import type { FailoverFacts } from "./failover";
import type { OffsiteFacts } from "./offsite";
import type { Primaries } from "./primaries";
import type { Way } from "./services/kind";
import type { ServiceKind } from "./services/registry";
import type { RequestLimits } from "./services/visitors";
import type { StackConfig } from "./stack-config";

export interface MachineFacts {
  readonly role: Role;
  /** Host name, e.g. "primary". */
  readonly name: string;
  /** The droplet's; of the primary, of the one that serves. */
  readonly droplet: string;
  /**
   * With the domain. The primary's leads to the floating IP: what all services stand on is asked by
   * it, and none of them is borrowed.
   */
  readonly host: string;
  /** DigitalOcean size slug, e.g. "s-1vcpu-1gb". */
  readonly size: string;
  /** DigitalOcean region slug, e.g. "fra1". */
  readonly region: string;
  /** Image slug. */
  readonly image: string;
  readonly monthlyUsd: number;
  readonly ipv6: boolean;
}

/**
 * A thing that must survive the machine. Paths are absolute on the primary, under
 * /var/lib/fleet/<service>.
 */
export interface DataFacts {
  readonly kind: "file" | "sqlite" | "directory";
  readonly path: string;
}

export interface HealthFacts {
  /** Path asked on the service itself and by its public name, e.g. "/health". */
  readonly path: string;
  readonly status: number;
  /** How long it may take from its start to its first right answer. */
  readonly startSeconds: number;
  readonly contains?: string;
  /** What only the public's view of it is held to. */
  readonly matches?: string;
  readonly json?: { readonly path: string; readonly equals: string | number | boolean | null };
  readonly maxLatencyMs?: number;
}

export interface HandoverFacts {
  readonly way: Way;
  /** Loopback port at which visitors are taken meanwhile. */
  readonly port: number;
  /** How long connections that are open may go on. */
  readonly drainSeconds: number;
}

/** A process of a service without a port. */
export interface WorkerFacts {
  readonly name: string;
  readonly command: readonly string[];
  readonly memoryMiB: number;
}
export interface JobFacts extends WorkerFacts {
  /** cron or systemd's calendar. */
  readonly schedule: string;
  readonly timeoutSeconds: number;
}

export interface ServiceFacts {
  readonly name: string;
  readonly kind: ServiceKind;
  /** Public host name, fully qualified without a final dot, e.g. "blog.example.test". */
  readonly host: string;
  /**
   * Source folder relative to the manifest, e.g. "services/blog"; absent for proxy and for packaged
   * binaries.
   */
  readonly folder?: string;
  /** File to start inside the folder, e.g. "main.ts". */
  readonly entry?: string;
  /** The entry becomes one main.js with all that it imports. */
  readonly bundled: boolean;
  /** What its data may take in one backup. */
  readonly quotaBytes?: number;
  /** The branch of git whose push brings it. */
  readonly push?: string;
  /**
   * Argument vector of its process, `${PORT}` and `${DATA_DIR}` to be filled in; empty where it has
   * none.
   */
  readonly command: readonly string[];
  /** Trees of the release that it needs besides its own. */
  readonly trees: readonly string[];
  /** Debian packages that this service needs. */
  readonly packages: readonly string[];
  /**
   * Loopback port it listens on; absent for static. It gets it as PORT, and must listen on
   * 127.0.0.1.
   */
  readonly port?: number;
  /** How a new version of its process takes over from the one that runs. */
  readonly handover?: HandoverFacts;
  /** Where a proxy sends requests, e.g. "http://127.0.0.1:9100". */
  readonly upstream?: string;
  /** What it has besides its process: the machine's timers start the jobs, systemd keeps the workers. */
  readonly jobs: readonly JobFacts[];
  readonly workers: readonly WorkerFacts[];
  /** System user it runs as, e.g. "svc-chat"; absent for static and proxy. */
  readonly user?: string;
  /** Memory limit in MiB. */
  readonly memoryMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly health: HealthFacts;
  readonly data: readonly DataFacts[];
  /** Long-lived responses (SSE, WebSocket): no buffering, long read timeout, upgrade allowed. */
  readonly streaming: boolean;
  /** Requests of one client that nginx passes on; without it none is refused. */
  readonly limits?: RequestLimits;
  /** The largest request body that nginx takes. */
  readonly maxBodyBytes: number;
  /**
   * Response headers that the manifest says, by name in lower case; "none" takes one of the fleet's
   * away.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** So long nginx answers with what the service has said last. */
  readonly cacheSeconds?: number;
  /** nginx's own directives, at the end of its server block. */
  readonly snippet?: string;
}

export interface RelayFacts {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
}

export interface AlertFacts {
  readonly to: readonly string[];
  readonly from: string;
  readonly relay: RelayFacts;
  /** Reminder while something stays down; 0 for none. */
  readonly remindMinutes: number;
  readonly flapsPerHour: number;
  readonly channels: readonly ChannelFacts[];
  readonly maintenance: readonly Maintenance[];
  /** An outside dead-man's switch. */
  readonly deadMan?: string;
}

export interface FleetFacts {
  readonly name: string;
  readonly domain: string;
  /** Let's Encrypt account and the owner's address. */
  readonly email: string;
  readonly primary: MachineFacts;
  readonly primaries: Primaries;
  readonly watcher: MachineFacts;
  readonly services: readonly ServiceFacts[];
  /** The status page, served by the watcher itself. */
  /** `operator`: it has a view behind a login, whose password is the stack's secret. */
  readonly status: { readonly host: string; readonly port: number; readonly operator: boolean };
  /** DNS records' TTL in seconds. */
  readonly ttl: number;
  readonly checks: {
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly failAfter: number;
    readonly passAfter: number;
    /** So long a machine may wait for the reboot that its upgrades ask for. */
    readonly rebootWithinSeconds: number;
    /** So long an upgrade may wait that installs itself. */
    readonly upgradeWithinSeconds: number;
    /** Besides those of the services. */
    readonly also: readonly Check[];
  };
  readonly watchdog: {
    readonly intervalSeconds: number;
    readonly failAfter: number;
    readonly maxRestartsPerHour: number;
  };
  readonly upgrades: {
    /**
     * When machines may reboot for upgrades, each week, in UTC; days from 0, Sunday. Absent: people
     * are asked to.
     */
    readonly window?: {
      readonly days: readonly number[];
      readonly at: string;
      readonly minutes: number;
    };
  };
  readonly alerts: AlertFacts;
  /** Cron schedules of the report: when something is wrong, and in any case. */
  readonly report: { readonly daily?: string; readonly weekly?: string };
  readonly backups: {
    readonly everyMinutes: number;
    readonly keep: BackupKeep;
    /** Databases are copied within seconds of a change, too. */
    readonly live: boolean;
    /** What one backup may hold. */
    readonly quotaBytes?: number;
  };
  /** The third place of the backups; absent: there is none. */
  readonly offsite?: OffsiteFacts;
  /** Absent: the watcher never takes over. */
  readonly failover?: FailoverFacts;
  /** As the stack has them, for what reads the manifest on the primary. */
  readonly stack: StackConfig;
  /** Operators' own public keys (OpenSSH lines), besides the key that the program makes. */
  readonly admin: {
    readonly user: string;
    readonly authorizedKeys: readonly string[];
    readonly allowFrom: readonly string[];
  };
}
