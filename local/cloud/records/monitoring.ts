// DigitalOcean's own checks and alerts.

export interface UptimeAlertRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly threshold?: number;
  readonly comparison?: string;
  readonly period?: string;
  readonly notifications: {
    email: readonly string[];
    slack: readonly { channel: string; url: string }[];
  };
  /** Since when what it is about has been so, and whether that was told; not shown. */
  readonly held_since?: string;
  readonly triggered?: boolean;
}

export interface UptimeStateRecord {
  readonly status: "UP" | "DOWN";
  readonly since: string;
  readonly cause: string;
  readonly milliseconds: number | null;
  readonly certificate_until: string | null;
  /** The last outage that is over. */
  readonly outage: { started_at: string; ended_at: string } | null;
  readonly days: readonly { day: string; up: number; total: number }[];
}

/** Without a state: not probed yet. */
export interface UptimeCheckRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "ping" | "http" | "https";
  readonly target: string;
  readonly regions: readonly string[];
  readonly enabled: boolean;
  readonly alerts: readonly UptimeAlertRecord[];
  readonly state?: UptimeStateRecord;
}

export interface AlertPolicyRecord {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly compare: string;
  readonly value: number;
  readonly window: string;
  readonly entities: readonly string[];
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly alerts: { email: readonly string[]; slack: readonly { channel: string; url: string }[] };
  /** The droplets that it holds for at the moment; not shown. */
  readonly firing?: readonly number[];
}
