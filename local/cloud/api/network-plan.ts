import { coalesce } from "../coalesce";
import type { Hypervisor } from "../machines/hypervisor";
import type { FirewallRule, FirewallRules, NetworkPlan } from "../machines/spec";
import type { CloudState } from "../records";
import type { DropletRecord } from "../records/machines";
import type { FirewallRecord, RuleEnds, RuleRecord } from "../records/network";

/** The network follows the records. */
export interface Network {
  /** Resolves when the network is as the records were at the time of the call. */
  apply(): Promise<void>;
}

const addressesOf = (droplet: DropletRecord): string[] =>
  droplet.public_networking === false
    ? [droplet.private_ipv4]
    : [
        droplet.ipv4,
        droplet.anchor_ipv4,
        droplet.private_ipv4,
        ...(droplet.ipv6 ? [droplet.ipv6] : []),
      ];

const resolveEnds = (state: CloudState, ends: RuleEnds): string[] => {
  const named = state.droplets.filter(
    (droplet) =>
      ends.droplet_ids?.includes(droplet.id) ||
      droplet.tags.some((tag) => ends.tags?.includes(tag)),
  );
  return [...new Set([...(ends.addresses ?? []), ...named.flatMap(addressesOf)])];
};

const resolveRules = (state: CloudState, rules: readonly RuleRecord[]): FirewallRule[] =>
  rules.map((rule) => ({
    protocol: rule.protocol,
    ports: rule.protocol === "icmp" || rule.ports === "0" ? "all" : rule.ports,
    addresses: resolveEnds(state, rule.ends),
  }));

export const covers = (firewall: FirewallRecord, droplet: DropletRecord): boolean =>
  firewall.droplet_ids.includes(droplet.id) ||
  firewall.tags.some((tag) => droplet.tags.includes(tag));

const rulesFor = (state: CloudState, droplet: DropletRecord): FirewallRules | null => {
  const covering = state.firewalls.filter((firewall) => covers(firewall, droplet));
  if (covering.length === 0) return null;
  return {
    inbound: covering.flatMap((firewall) => resolveRules(state, firewall.inbound)),
    outbound: covering.flatMap((firewall) => resolveRules(state, firewall.outbound)),
  };
};

/** Firewalls by tag become rules by droplet; sources by tag or droplet become addresses. */
export const networkPlan = (state: CloudState): NetworkPlan => ({
  reservedIps: state.reservedIps.map((reserved) => ({
    ip: reserved.ip,
    dropletId: reserved.droplet_id,
  })),
  reservedIpv6: state.reservedIpv6.map((reserved) => ({
    ip: reserved.ip,
    dropletId: reserved.droplet_id,
  })),
  peerings: state.vpcPeerings
    .filter((peering) => peering.status !== "DELETING")
    .map((peering) => peering.vpc_ids),
  firewalls: state.droplets.map((droplet) => ({
    dropletId: droplet.id,
    rules: rulesFor(state, droplet),
  })),
});

export const createNetwork = (state: CloudState, hypervisor: Hypervisor): Network => ({
  apply: coalesce(() => hypervisor.applyNetwork(networkPlan(state))),
});
