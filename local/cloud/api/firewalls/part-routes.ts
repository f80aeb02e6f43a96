import type { Context } from "hono";

import type { FirewallRecord } from "../../records/network";
import type { Api, ApiEnv, Cloud } from "../cloud";
import { body } from "../request";
import { checkedContent, enforce, type Content } from "./content";
import { inbound, outbound, same, wantedDroplets, wantedRules, wantedTags } from "./rules";

type Change = (
  c: Context<ApiEnv>,
  part: (firewall: FirewallRecord) => Partial<Content>,
) => Promise<Response>;

/** Changes a part of the asked firewall, checks the whole, and has the network follow. */
const createChange =
  (cloud: Cloud, asked: (c: Context<ApiEnv>) => FirewallRecord): Change =>
  async (c, part) => {
    const firewall = asked(c);
    const { inbound, outbound, droplet_ids, tags } = firewall;
    const content = {
      inbound,
      outbound,
      droplet_ids,
      tags,
      ...part(firewall),
    };
    cloud.store.firewalls.update(firewall, checkedContent(cloud, content));
    await enforce(cloud, firewall);
    return c.body(null, 204);
  };

/** Droplets, tags and rules, one by one. */
export const firewallPartRoutes = (
  cloud: Cloud,
  api: Api,
  asked: (c: Context<ApiEnv>) => FirewallRecord,
): void => {
  const change = createChange(cloud, asked);
  api.post("/firewalls/:id/droplets", async (c) => {
    const wanted = await body(c, wantedDroplets);
    return change(c, (firewall) => ({
      droplet_ids: [...firewall.droplet_ids, ...wanted.droplet_ids],
    }));
  });
  api.delete("/firewalls/:id/droplets", async (c) => {
    const wanted = await body(c, wantedDroplets);
    return change(c, (firewall) => ({
      droplet_ids: firewall.droplet_ids.filter((id) => !wanted.droplet_ids.includes(id)),
    }));
  });
  api.post("/firewalls/:id/tags", async (c) => {
    const wanted = await body(c, wantedTags);
    return change(c, (firewall) => ({ tags: [...firewall.tags, ...wanted.tags] }));
  });
  api.delete("/firewalls/:id/tags", async (c) => {
    const wanted = await body(c, wantedTags);
    return change(c, (firewall) => ({
      tags: firewall.tags.filter((tag) => !wanted.tags.includes(tag)),
    }));
  });
  api.post("/firewalls/:id/rules", async (c) => {
    const wanted = await body(c, wantedRules);
    return change(c, (firewall) => ({
      inbound: [...firewall.inbound, ...inbound(wanted)],
      outbound: [...firewall.outbound, ...outbound(wanted)],
    }));
  });
  api.delete("/firewalls/:id/rules", async (c) => {
    const wanted = await body(c, wantedRules);
    return change(c, (firewall) => ({
      inbound: firewall.inbound.filter((one) => !inbound(wanted).some((gone) => same(one, gone))),
      outbound: firewall.outbound.filter(
        (one) => !outbound(wanted).some((gone) => same(one, gone)),
      ),
    }));
  });
};
