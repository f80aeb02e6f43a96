// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Region = {
  name: string;
  slug: string;
  features: string[];
  available: boolean;
  sizes: string[];
};

export type Size = {
  slug: string;
  memory: number;
  vcpus: number;
  disk: number;
  transfer: number;
  price_monthly: number;
  price_hourly: number;
  regions: string[];
  available: boolean;
  description: string;
  disk_info?: {
    type?: "local" | "boot" | "scratch";
    size?: {
      amount?: number;
      unit?: string;
    };
  }[];
  gpu_info?: {
    count?: number;
    model?: string;
    vram?: {
      amount?: number;
      unit?: string;
    };
  };
};
