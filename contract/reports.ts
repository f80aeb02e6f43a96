/** What is left to write on, in percent of use, 0 to 100. */
export interface Space {
  readonly diskPercent: number;
  readonly inodesPercent: number;
}

/** How certbot ended. */
export interface RenewalOutcome {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  /** The names that failed, each with Let's Encrypt's reason; empty when all is well. */
  readonly says: string;
}

/** Somebody was let in by SSH. */
export interface Login {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly user: string;
  readonly address: string;
  /** The key's type and SHA-256. */
  readonly by: string;
}

/** What the last run of Debian's upgrades that had something to do has brought. */
export interface UpgradeOutcome {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly packages: readonly string[];
  /** Units that run anew since. */
  readonly restarted: readonly string[];
}

/** What a job has come to; milliseconds since the epoch. Each is of its last run. */
export interface JobOutcome {
  /** Absent once it has failed. */
  readonly started?: number;
  readonly done?: number;
  readonly failed?: number;
  readonly says?: string;
}

/** A machine as it sees itself. Percent of use, 0 to 100. */
export interface HostFacts extends Space {
  readonly memoryPercent: number;
  /** One minute, per CPU. */
  readonly load: number;
  readonly rebootPending: boolean;
  /** For how long, while it is pending. */
  readonly rebootPendingSeconds?: number;
  readonly upgradesPending?: number;
  /** For how long some have waited that should have installed themselves. */
  readonly upgradesPendingSeconds?: number;
  /** Absent before the first. */
  readonly upgraded?: UpgradeOutcome;
  /** Since its boot. */
  readonly upSeconds?: number;
  /**
   * For how long no time server has set its clock. Absent where the clock is the host's (a
   * container).
   */
  readonly unsyncedSeconds?: number;
  /** The newest login of each address, of a day. Absent: nobody knows yet. */
  readonly logins?: readonly Login[];
  /** The last run of certbot's own timer, and the last weekly trial. */
  readonly renewal?: RenewalOutcome;
  readonly trial?: RenewalOutcome;
  /** By unit. */
  readonly jobs?: Readonly<Record<string, JobOutcome>>;
  /** By name: "active", "failed", "inactive"… */
  readonly units: Readonly<Record<string, string>>;
  /** By name: how often systemd has started it again by itself, since somebody started it. */
  readonly restarts?: Readonly<Record<string, number>>;
}

/**
 * What the primary's watchdog sends to the Observatory: its machine's facts and its clock (ms since
 * the epoch).
 */
export interface MachineReport extends HostFacts {
  readonly at: number;
}
