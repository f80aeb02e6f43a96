// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Image = {
  readonly id?: number;
  name?: string;
  type?: "base" | "snapshot" | "backup" | "custom" | "admin";
  distribution?:
    | "Arch Linux"
    | "CentOS"
    | "CoreOS"
    | "Debian"
    | "Fedora"
    | "Fedora Atomic"
    | "FreeBSD"
    | "Gentoo"
    | "openSUSE"
    | "RancherOS"
    | "Rocky Linux"
    | "Ubuntu"
    | "Unknown";
  slug?: string | null;
  public?: boolean;
  regions?: (
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
    | "syd1"
  )[];
  created_at?: string;
  min_disk_size?: number | null;
  size_gigabytes?: number | null;
  description?: string;
  tags?: string[] | null;
  status?: "NEW" | "available" | "pending" | "deleted" | "retired";
  error_message?: string;
};
