// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

import type { Region } from "./catalog";
import type { Droplet } from "./droplets";

export type FloatingIp = {
  ip?: string;
  region?: Region & Record<string, unknown>;
  droplet?: (Record<string, unknown> | null) | Droplet;
  locked?: boolean;
  project_id?: string;
};

export type ReservedIp = {
  ip?: string;
  region?: Region & Record<string, unknown>;
  droplet?: (Record<string, unknown> | null) | Droplet;
  locked?: boolean;
  project_id?: string;
};

export type ReservedIpv6 = {
  ip?: string;
  reserved_at?: string;
  region_slug?: string;
  droplet?: (Record<string, unknown> | null) | Droplet;
};

export interface Bodies {
  "post /reserved_ips":
    | {
        droplet_id: number;
      }
    | {
        region: string;
        project_id?: string;
      };
  "post /reserved_ips/{reserved_ip}/actions":
    | ({
        type: "assign" | "unassign";
      } & Record<string, unknown>)
    | ({
        type: "assign" | "unassign";
      } & {
        droplet_id: number;
      });
  "post /reserved_ipv6": {
    region_slug: string;
  };
  "post /reserved_ipv6/{reserved_ipv6}/actions":
    | ({
        type: "assign" | "unassign";
      } & Record<string, unknown>)
    | ({
        type: "assign" | "unassign";
      } & {
        droplet_id: number;
      });
}
