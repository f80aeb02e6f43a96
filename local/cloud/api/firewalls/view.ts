import type { FirewallRecord } from "../../records/network";

export const firewallView = (firewall: FirewallRecord): Record<string, unknown> => ({
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
