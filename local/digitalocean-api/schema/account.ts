// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Account = {
  droplet_limit: number;
  floating_ip_limit: number;
  email: string;
  name?: string;
  uuid: string;
  email_verified: boolean;
  status: "active" | "warning" | "locked";
  status_message: string;
  team?: {
    uuid?: string;
    name?: string;
  };
};

export type SshKey = {
  readonly id?: number;
  readonly fingerprint?: string;
  public_key: string;
  name: string;
};

export interface Bodies {
  "post /account/keys": SshKey;
  "put /account/keys/{ssh_key_identifier}": {
    name?: string;
  };
}
