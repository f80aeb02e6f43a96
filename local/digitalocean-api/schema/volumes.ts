// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

import type { Region } from "./catalog";

export type Snapshot = {
  id: string;
} & {
  name: string;
  created_at: string;
  regions: string[];
  min_disk_size: number;
  size_gigabytes: number;
} & {
  resource_id: string;
  resource_type: "droplet" | "volume";
  tags: string[] | null;
};

export type Volume = {
  readonly id?: string;
  readonly droplet_ids?: number[] | null;
  name?: string;
  description?: string;
  size_gigabytes?: number;
  readonly created_at?: string;
  tags?: string[] | null;
} & {
  readonly region?: Region;
  filesystem_type?: string;
  filesystem_label?: string;
};

export interface Bodies {
  "post /volumes":
    | ({
        readonly id?: string;
        readonly droplet_ids?: number[] | null;
        name?: string;
        description?: string;
        size_gigabytes?: number;
        readonly created_at?: string;
        tags?: string[] | null;
      } & {
        snapshot_id?: string;
      } & {
        filesystem_type?: string;
      } & {
        region:
          | "ams1"
          | "ams2"
          | "ams3"
          | "blr1"
          | "fra1"
          | "lon1"
          | "nyc1"
          | "nyc2"
          | "nyc3"
          | "sfo1"
          | "sfo2"
          | "sfo3"
          | "sgp1"
          | "tor1"
          | "syd1";
        filesystem_label?: string & unknown;
      })
    | ({
        readonly id?: string;
        readonly droplet_ids?: number[] | null;
        name?: string;
        description?: string;
        size_gigabytes?: number;
        readonly created_at?: string;
        tags?: string[] | null;
      } & {
        snapshot_id?: string;
      } & {
        filesystem_type?: string;
      } & {
        region:
          | "ams1"
          | "ams2"
          | "ams3"
          | "blr1"
          | "fra1"
          | "lon1"
          | "nyc1"
          | "nyc2"
          | "nyc3"
          | "sfo1"
          | "sfo2"
          | "sfo3"
          | "sgp1"
          | "tor1"
          | "syd1";
        filesystem_label?: string & unknown;
      });
  "post /volumes/{volume_id}/actions":
    | ({
        type: "attach" | "detach" | "resize";
        region?:
          | "ams1"
          | "ams2"
          | "ams3"
          | "blr1"
          | "fra1"
          | "lon1"
          | "nyc1"
          | "nyc2"
          | "nyc3"
          | "sfo1"
          | "sfo2"
          | "sfo3"
          | "sgp1"
          | "tor1"
          | "syd1";
      } & {
        droplet_id: number;
        tags?: string[] | null;
      })
    | ({
        type: "attach" | "detach" | "resize";
        region?:
          | "ams1"
          | "ams2"
          | "ams3"
          | "blr1"
          | "fra1"
          | "lon1"
          | "nyc1"
          | "nyc2"
          | "nyc3"
          | "sfo1"
          | "sfo2"
          | "sfo3"
          | "sgp1"
          | "tor1"
          | "syd1";
      } & {
        droplet_id: number;
      })
    | ({
        type: "attach" | "detach" | "resize";
        region?:
          | "ams1"
          | "ams2"
          | "ams3"
          | "blr1"
          | "fra1"
          | "lon1"
          | "nyc1"
          | "nyc2"
          | "nyc3"
          | "sfo1"
          | "sfo2"
          | "sfo3"
          | "sgp1"
          | "tor1"
          | "syd1";
      } & {
        size_gigabytes: number;
      });
  "post /volumes/{volume_id}/snapshots": {
    name: string;
    tags?: string[] | null;
  };
}
