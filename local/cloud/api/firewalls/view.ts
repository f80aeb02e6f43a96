import type { Answer, Firewall, Sparse } from "@second-server/digitalocean-api/types";

import type { FirewallRecord } from "../../records/network";

/** A rule says only what it has: addresses, droplets, tags. */
type Rules = "inbound_rules" | "outbound_rules";
type FirewallAnswer = Answer<Firewall, Rules> & Sparse<Pick<Firewall, Rules>>;

export const firewallView = (firewall: FirewallRecord): FirewallAnswer => ({
  id: firewall.id,
  name: firewall.name,
  status: firewall.status,
  created_at: firewall.created_at,
  pending_changes: firewall.pending_changes,
  inbound_rules: firewall.inbound.map((one) => ({
    protocol: one.protocol,
    ports: one.ports,
    sources: one.ends,
  })),
  outbound_rules: firewall.outbound.map((one) => ({
    protocol: one.protocol,
    ports: one.ports,
    destinations: one.ends,
  })),
  droplet_ids: firewall.droplet_ids,
  tags: firewall.tags,
});
