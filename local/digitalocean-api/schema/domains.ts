// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Domain = {
  name?: string;
  ip_address?: string;
  readonly ttl?: number | null;
  readonly zone_file?: string | null;
};

export type DomainRecord = {
  readonly id?: number;
  type: string;
  name?: string;
  data?: string;
  priority?: number | null;
  port?: number | null;
  ttl?: number;
  weight?: number | null;
  flags?: number | null;
  tag?: string | null;
};

export interface Bodies {
  "post /domains": Domain;
  "post /domains/{domain_name}/records": DomainRecord;
}
