// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Tag = {
  name?: string;
  readonly resources?: {
    count?: number;
    last_tagged_uri?: string;
  } & {
    droplets?: {
      count?: number;
      last_tagged_uri?: string;
    };
    imgages?: {
      count?: number;
      last_tagged_uri?: string;
    };
    volumes?: {
      count?: number;
      last_tagged_uri?: string;
    };
    volume_snapshots?: {
      count?: number;
      last_tagged_uri?: string;
    };
    databases?: {
      count?: number;
      last_tagged_uri?: string;
    };
  };
};

export interface Bodies {
  "post /tags": Tag;
  "post /tags/{tag_id}/resources": {
    resources: {
      resource_id?: string;
      resource_type?: "droplet" | "image" | "volume" | "volume_snapshot";
    }[];
  };
}
