/** The contract between render (which writes these as JSON) and the monitor's two programs on the servers. */

export interface HttpCheck {
  readonly kind: "http";
  /** Unique, e.g. "blog" or "primary/ping". */
  readonly id: string;
  readonly service?: string;
  readonly url: string;
  readonly status: number;
  readonly contains?: string;
}
export interface TcpCheck { readonly kind: "tcp"; readonly id: string; readonly service?: string; readonly host: string; readonly port: number }
export type Check = HttpCheck | TcpCheck;

/** /etc/fleet/observatory.json on the watcher. */
export interface ObservatoryConfig {
  readonly fleet: string;
  readonly domain: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly database: string;
  readonly statusUrl: string;
  /** A check of the primary as a whole; while it fails, the services' own alerts are held back and named in it. */
  readonly primary: Check;
  readonly services: readonly { readonly name: string; readonly url: string }[];
  readonly checks: readonly Check[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failAfter: number;
  readonly passAfter: number;
  readonly alerts: { readonly to: readonly string[]; readonly from: string; readonly relay: { readonly host: string; readonly port: number; readonly user?: string; /** File with the password. */ readonly passwordFile?: string } };
}

/** /etc/fleet/watchdog.json on the primary. */
export interface WatchdogConfig {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failAfter: number;
  readonly maxRestartsPerHour: number;
  /** Where it keeps its counters over a restart of itself. */
  readonly stateFile: string;
  readonly services: readonly { readonly name: string; readonly unit: string; readonly url: string; readonly status: number; readonly contains?: string }[];
}
