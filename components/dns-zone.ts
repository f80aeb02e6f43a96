import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { FAILOVER_TTL_SECONDS } from "@second-server/contract/failover";

import { ADOPTED_ZONE } from "../config/existing-zone";
import type { FleetFacts } from "../config/fleet";
import { primaryPing } from "../render/failover";

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
 * Where the services' names lead is the watcher's to say once it may take over: made here, and from
 * then on neither repaired nor moved back. What is in its place is put right from there.
 */
const movable = ({ failover, ttl }: FleetFacts) =>
  failover === undefined
    ? {}
    : { ttl: Math.min(ttl, FAILOVER_TTL_SECONDS), ignoreChanges: ["value"] };

const witnessOf = (
  name: string,
  fleet: FleetFacts,
  opts: pulumi.CustomResourceOptions,
): digitalocean.UptimeCheck =>
  new digitalocean.UptimeCheck(
    `${name}-witness`,
    {
      name: `${fleet.name}-${pulumi.getStack()}-primary`,
      type: "https",
      target: primaryPing(fleet),
      regions: ["us_east", "eu_west"],
    },
    opts,
  );

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
  /**
   * DigitalOcean's own look at the primary from elsewhere: what the watcher alone does not see is
   * no reason to take over.
   */
  readonly witness?: digitalocean.UptimeCheck;

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
    const record = (
      type: string,
      host: string,
      value: pulumi.Input<string>,
      { ttl = fleet.ttl, ...opts }: pulumi.CustomResourceOptions & { readonly ttl?: number } = {},
    ) => {
      const label = recordName(host, fleet.domain);
      return new digitalocean.DnsRecord(
        `${name}-${type.toLowerCase()}-${label === "@" ? "apex" : label}`,
        {
          domain: this.domain.name,
          type,
          name: label,
          value,
          ttl,
        },
        { ...child, ...opts },
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
    this.services = [
      ...fleet.services.map(({ host }) => record("A", host, floatingIp, movable(fleet))),
      record("A", fleet.primary.host, floatingIp),
    ];
    this.witness = fleet.failover === undefined ? undefined : witnessOf(name, fleet, child);
    this.status = [
      record("A", fleet.status.host, watcher.ipv4Address),
      ...(fleet.watcher.ipv6 ? [record("AAAA", fleet.status.host, watcher.ipv6Address)] : []),
    ];
    this.registerOutputs({ domain: this.domain.name });
  }
}
