import type { Role } from "./roles";

/**
 * What the watcher does about a primary that is down. "auto": takes over and gives back by itself.
 * "manual": nothing moves by itself. "on", "off": the watcher, or the primary, serves, and stays.
 */
export const FAILOVER_MODES = ["auto", "manual", "on", "off"] as const;
export type FailoverMode = (typeof FAILOVER_MODES)[number];

/** The scopes of the token that the watcher holds, as DigitalOcean calls them. */
export const FAILOVER_SCOPES = ["domain:read", "domain:update", "uptime:read"] as const;

/** How long the names may be remembered by resolvers while failover is on. */
export const FAILOVER_TTL_SECONDS = 60;

/**
 * What the Observatory has decided, for the unit that alone has the token: where the names are to
 * lead. Milliseconds since the epoch.
 */
export interface FailoverOrder {
  /** Grows with each order. */
  readonly number: number;
  readonly to: Role;
  /** Since when the primary does not answer; what visitors are told. */
  readonly since?: number;
  /** By an operator: nobody outside is asked first whether the primary answers. */
  readonly byHand: boolean;
}

/** What came of the newest order, for the Observatory. Instants are ISO. */
export interface FailoverReport {
  readonly at: string;
  /** The order that it is about; 0 before the first one. */
  readonly order: number;
  /** Where the names lead; absent while that is not known. */
  readonly active?: Role;
  /** Names that led elsewhere and were put right. */
  readonly moved: readonly string[];
  /** Why the order was not carried out; `passing`: by no fault that somebody has to mend. */
  readonly error?: string;
  readonly passing?: boolean;
  /** Why it was not carried out yet, although it could be. */
  readonly held?: string;
  /** When the token was last seen to have its scopes. */
  readonly provenAt?: string;
}

/** The copy of the primary's certificate, as the agent has put it in force. Instants are ISO. */
export interface CertificateCopy {
  readonly at: string;
  readonly until?: string;
  /** Why the newest one is not used. */
  readonly problem?: string;
}

/** /etc/fleet/failover.json: for the unit that moves the names. */
export interface FailoverSettings {
  readonly domain: string;
  /** The services' names, which move. */
  readonly hosts: readonly string[];
  /** The machines' own names, which never do: their records say where the machines are. */
  readonly machines: Readonly<Record<Role, string>>;
  /** What DigitalOcean's own check of the primary asks for. */
  readonly witness: string;
}

/** In the Observatory's settings. */
export interface FailoverConfig {
  readonly failAfter: number;
  readonly backAfter: number;
  readonly perHour: number;
  /** Names are remembered for so long after they have moved. */
  readonly ttlSeconds: number;
  /** Two of these have to answer, or it is the watcher's own network. */
  readonly outside: readonly { readonly host: string; readonly port: number }[];
  readonly orderFile: string;
  /** What it has decided, over a restart. */
  readonly stateFile: string;
  readonly reportFile: string;
}
