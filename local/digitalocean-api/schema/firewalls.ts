// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Firewall = {
  readonly id?: string;
  readonly status?: "waiting" | "succeeded" | "failed";
  readonly created_at?: string;
  readonly pending_changes?: {
    droplet_id?: number;
    removing?: boolean;
    status?: string;
  }[];
  name?: string;
  droplet_ids?: number[] | null;
  tags?: string[] | null;
} & {
  inbound_rules?:
    | ({
        protocol: "tcp" | "udp" | "icmp";
        ports: string;
      } & {
        sources: {
          addresses?: string[];
          droplet_ids?: number[];
          load_balancer_uids?: string[];
          kubernetes_ids?: string[];
          tags?: string[] | null;
        };
      })[]
    | null;
  outbound_rules?:
    | ({
        protocol: "tcp" | "udp" | "icmp";
        ports: string;
      } & {
        destinations: {
          addresses?: string[];
          droplet_ids?: number[];
          load_balancer_uids?: string[];
          kubernetes_ids?: string[];
          tags?: string[] | null;
        };
      })[]
    | null;
};

export interface Bodies {
  "put /firewalls/{firewall_id}": Firewall & (unknown | unknown);
}
