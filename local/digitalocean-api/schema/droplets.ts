// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

import type { Region, Size } from "./catalog";
import type { Image } from "./images";

export type Droplet = {
  id: number;
  name: string;
  memory: number;
  vcpus: number;
  disk: number;
  disk_info?: {
    type?: "local" | "boot" | "scratch";
    size?: {
      amount?: number;
      unit?: string;
    };
  }[];
  locked: boolean;
  status: "new" | "active" | "off" | "archive";
  kernel?: {
    id?: number;
    name?: string;
    version?: string;
  } | null;
  created_at: string;
  features: string[];
  backup_ids: number[];
  next_backup_window: {
    start?: string;
    end?: string;
  } | null;
  snapshot_ids: number[];
  image: Image;
  volume_ids: string[];
  size: Size;
  size_slug: string;
  networks: {
    v4?: {
      ip_address?: string;
      netmask?: string;
      gateway?: string;
      type?: "public" | "private";
    }[];
    v6?: {
      ip_address?: string;
      netmask?: number;
      gateway?: string;
      type?: "public";
    }[];
  };
  region: Region;
  tags: string[];
  vpc_uuid?: string;
  gpu_info?: {
    count?: number;
    model?: string;
    vram?: {
      amount?: number;
      unit?: string;
    };
  };
};

export type BackupPolicy = {
  droplet_id?: number;
  backup_enabled?: boolean;
  backup_policy?: {
    plan?: "daily" | "weekly";
    weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
    hour?: 0 | 4 | 8 | 12 | 16 | 20;
    readonly window_length_hours?: number;
    readonly retention_period_days?: number;
  };
  next_backup_window?: {
    start?: string;
    end?: string;
  } | null;
};

export interface Bodies {
  "post /droplets":
    | ({
        name: string;
      } & {
        region?: string;
        size: string;
        image: string | number;
        ssh_keys?: (string | number)[];
        backups?: boolean;
        backup_policy?: {
          plan?: "daily" | "weekly";
          weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
          hour?: 0 | 4 | 8 | 12 | 16 | 20;
          readonly window_length_hours?: number;
          readonly retention_period_days?: number;
        };
        ipv6?: boolean;
        monitoring?: boolean;
        tags?: string[] | null;
        user_data?: string;
        private_networking?: boolean;
        volumes?: string[];
        vpc_uuid?: string;
        with_droplet_agent?: boolean;
        public_networking?: boolean;
      })
    | ({
        names: string[];
      } & {
        region?: string;
        size: string;
        image: string | number;
        ssh_keys?: (string | number)[];
        backups?: boolean;
        backup_policy?: {
          plan?: "daily" | "weekly";
          weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
          hour?: 0 | 4 | 8 | 12 | 16 | 20;
          readonly window_length_hours?: number;
          readonly retention_period_days?: number;
        };
        ipv6?: boolean;
        monitoring?: boolean;
        tags?: string[] | null;
        user_data?: string;
        private_networking?: boolean;
        volumes?: string[];
        vpc_uuid?: string;
        with_droplet_agent?: boolean;
        public_networking?: boolean;
      });
}
