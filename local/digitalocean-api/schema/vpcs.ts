// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Vpc = {
  name?: string;
  description?: string;
} & {
  region?: string;
  ip_range?: string;
} & {
  default?: boolean;
} & {
  readonly id?: string;
  urn?: string;
  readonly created_at?: string;
};

export type VpcMember = {
  name?: string;
  urn?: string;
  created_at?: string;
};

export type VpcPeering = {
  readonly id?: string;
  readonly created_at?: string;
  readonly status?: "PROVISIONING" | "ACTIVE" | "DELETING";
} & {
  vpc_ids?: string[];
} & {
  name?: string;
};

export interface Bodies {
  "post /vpcs": {
    name: string;
    description?: string;
  } & {
    region: string;
    ip_range?: string;
  };
  "put /vpcs/{vpc_id}": {
    name: string;
    description?: string;
  } & {
    default?: boolean;
  };
  "patch /vpcs/{vpc_id}/peerings/{vpc_peering_id}": {
    name: string;
  };
}
