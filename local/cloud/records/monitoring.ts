// DigitalOcean's own checks and alerts.
import type {
  AlertPolicy,
  Sparse,
  UptimeAlert,
  UptimeCheck,
} from "@second-server/digitalocean-api/types";

export interface UptimeAlertRecord {
  readonly id: string;
  readonly name: string;
  readonly type: NonNullable<UptimeAlert["type"]>;
  readonly threshold?: number;
  readonly comparison?: UptimeAlert["comparison"];
  readonly period?: UptimeAlert["period"];
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
  readonly regions: NonNullable<Sparse<UptimeCheck>["regions"]>;
  readonly enabled: boolean;
  readonly alerts: readonly UptimeAlertRecord[];
  readonly state?: UptimeStateRecord;
}

export interface AlertPolicyRecord {
  readonly uuid: string;
  readonly type: AlertPolicy["type"];
  readonly description: string;
  readonly compare: AlertPolicy["compare"];
  readonly value: number;
  readonly window: AlertPolicy["window"];
  readonly entities: readonly string[];
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly alerts: { email: readonly string[]; slack: readonly { channel: string; url: string }[] };
  /** The droplets that it holds for at the moment; not shown. */
  readonly firing?: readonly number[];
}
