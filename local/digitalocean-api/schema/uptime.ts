// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type UptimeAlert = {
  readonly id?: string;
} & {
  name?: string;
  type?: "latency" | "down" | "down_global" | "ssl_expiry";
  threshold?: number;
  comparison?: "greater_than" | "less_than";
  notifications?: {
    email: string[];
    slack: {
      channel: string;
      url: string;
    }[];
  };
  period?: "2m" | "3m" | "5m" | "10m" | "15m" | "30m" | "1h";
};

export type UptimeCheck = {
  readonly id?: string;
} & {
  name?: string;
  type?: "ping" | "http" | "https";
  target?: string;
  regions?: ("us_east" | "us_west" | "eu_west" | "se_asia")[];
  enabled?: boolean;
};

export type UptimeState = {
  regions?: {
    us_east?: {
      status?: "DOWN" | "UP" | "CHECKING";
      status_changed_at?: string;
      thirty_day_uptime_percentage?: number;
    };
    eu_west?: {
      status?: "DOWN" | "UP" | "CHECKING";
      status_changed_at?: string;
      thirty_day_uptime_percentage?: number;
    };
  };
  previous_outage?: {
    region?: string;
    started_at?: string;
    ended_at?: string;
    duration_seconds?: number;
  };
};

export interface Bodies {
  "post /uptime/checks": {
    name: string;
    type: "ping" | "http" | "https";
    target: string;
    regions: ("us_east" | "us_west" | "eu_west" | "se_asia")[];
    enabled: boolean;
  };
  "post /uptime/checks/{check_id}/alerts": UptimeAlert;
}
