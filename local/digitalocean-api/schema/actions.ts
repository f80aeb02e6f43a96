// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

import type { Region } from "./catalog";

export type Action = {
  id?: number;
  status?: "in-progress" | "completed" | "errored";
  type?: string;
  started_at?: string;
  completed_at?: string | null;
  resource_id?: number | null;
  resource_type?: string;
  region?: Region;
  region_slug?: string | null;
};
