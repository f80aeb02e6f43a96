import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { ADOPTED_ZONE } from "../config/existing-zone";
import type { FleetFacts } from "../config/fleet";

export interface DnsZoneArgs {
  readonly fleet: FleetFacts;
  readonly floatingIp: pulumi.Input<string>;
  /**
   * The status page's machine; it has an AAAA record where it has IPv6. A reserved IP is IPv4 only,
   * so the services have none.
   */
  readonly watcher: digitalocean.Droplet;
}

/** "blog.example.com" → "blog"; the domain itself → "@". */
export const recordName = (host: string, domain: string): string =>
  host === domain ? "@" : host.slice(0, -domain.length - 1);

/**
 * The domain, one address record a host, and CAA: no other authority than Let's Encrypt may issue
 * for it.
 */
export class DnsZone extends pulumi.ComponentResource {
  readonly domain: digitalocean.Domain;
  readonly caa: digitalocean.DnsRecord;
  /** The services' records and the primary's own; they point at the floating IP. */
  readonly services: readonly digitalocean.DnsRecord[];
  /** The status page's. */
  readonly status: readonly digitalocean.DnsRecord[];

  constructor(
    name: string,
    { fleet, floatingIp, watcher }: DnsZoneArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:network:DnsZone", name, {}, opts);
    const child = { parent: this };
    // What others have put into a zone goes with it: it is never deleted, only our records are.
    this.domain = new digitalocean.Domain(
      // A resource of its own for each domain: another one is made or taken over beside it.
      `${name}-${fleet.domain}`,
      { name: fleet.domain },
      {
        ...child,
        aliases: [{ name }],
        retainOnDelete: true,
        ...(process.env[ADOPTED_ZONE] === fleet.domain ? { import: fleet.domain } : {}),
      },
    );
    const record = (type: string, host: string, value: pulumi.Input<string>) => {
      const label = recordName(host, fleet.domain);
      return new digitalocean.DnsRecord(
        `${name}-${type.toLowerCase()}-${label === "@" ? "apex" : label}`,
        {
          domain: this.domain.name,
          type,
          name: label,
          value,
          ttl: fleet.ttl,
        },
        child,
      );
    };
    this.caa = new digitalocean.DnsRecord(
      `${name}-caa`,
      {
        // The final dot: without it each preview would show a change.
        domain: this.domain.name,
        type: "CAA",
        name: "@",
        flags: 0,
        tag: "issue",
        value: "letsencrypt.org.",
        ttl: 3600,
      },
      child,
    );
    this.services = [...fleet.services, fleet.primary].map(({ host }) =>
      record("A", host, floatingIp),
    );
    this.status = [
      record("A", fleet.status.host, watcher.ipv4Address),
      ...(fleet.watcher.ipv6 ? [record("AAAA", fleet.status.host, watcher.ipv6Address)] : []),
    ];
    this.registerOutputs({ domain: this.domain.name });
  }
}
