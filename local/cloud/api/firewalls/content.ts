import { messageOf } from "../../caught";
import type { FirewallRecord } from "../../records/network";
import type { Cloud } from "../cloud";
import { unprocessable } from "../errors";
import { inbound, outbound, type WantedFirewall } from "./rules";

const most = { droplets: 10, tags: 5, rules: 50 } as const;

/** What a firewall lets through, and for whom. */
export type Content = Pick<FirewallRecord, "inbound" | "outbound" | "droplet_ids" | "tags">;

/** Throws 422 for what is not there or too much. */
export const checkedContent = ({ store }: Cloud, content: Content): Content => {
  const unknown = content.droplet_ids.filter((id) => !store.droplets.get(id));
  if (unknown.length) throw unprocessable(`droplet ids: ${unknown.join(", ")} not found`);
  const missing = content.tags.filter((tag) => !store.tags.all().includes(tag));
  if (missing.length) throw unprocessable(`tags: ${missing.join(", ")} not found`);
  if (content.droplet_ids.length > most.droplets)
    throw unprocessable(`a firewall can cover at most ${most.droplets} droplets`);
  if (content.tags.length > most.tags)
    throw unprocessable(`a firewall can have at most ${most.tags} tags`);
  if (content.inbound.length + content.outbound.length > most.rules)
    throw unprocessable(`a firewall can have at most ${most.rules} rules`);
  return {
    ...content,
    droplet_ids: [...new Set(content.droplet_ids)],
    tags: [...new Set(content.tags)],
  };
};

export const contentOf = (cloud: Cloud, wanted: WantedFirewall): Content => {
  if (!wanted.inbound_rules?.length && !wanted.outbound_rules?.length)
    throw unprocessable("must specify at least one rule");
  return checkedContent(cloud, {
    inbound: inbound(wanted),
    outbound: outbound(wanted),
    droplet_ids: wanted.droplet_ids ?? [],
    tags: wanted.tags ?? [],
  });
};

/** The network is changed within the request, so "waiting" is only seen when that fails. */
export const enforce = async (cloud: Cloud, firewall: FirewallRecord): Promise<void> => {
  const { firewalls } = cloud.store;
  firewalls.update(firewall, {
    status: "waiting",
    pending_changes: firewall.droplet_ids.map((droplet_id) => ({
      droplet_id,
      removing: false,
      status: "waiting",
    })),
  });
  try {
    await cloud.network.apply();
    firewalls.update(firewall, { status: "succeeded", pending_changes: [] });
  } catch (error) {
    firewalls.update(firewall, { status: "failed" });
    cloud.log(`firewall ${firewall.name}: ${messageOf(error)}`);
  }
};
