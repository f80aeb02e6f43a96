import { randomUUID } from "node:crypto";
import { isIP } from "node:net";

import { Hono, type Context } from "hono";
import { z } from "zod";

import type { FirewallRecord, RuleRecord } from "../records";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { conflict, notFound, unprocessable } from "./errors";
import { page } from "./paging";
import { body, pathParameter } from "./request";
import { tagName } from "./tags";

const most = { droplets: 10, tags: 5, rules: 50 } as const;

const isNetwork = (text: string): boolean => {
  const [address, bits, ...rest] = text.split("/");
  const kind = isIP(address!);
  return (
    kind !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128)))
  );
};
const isPorts = (text: string): boolean => {
  if (text === "" || text === "0" || text === "all") return true;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return false;
  const low = Number(match[1]),
    high = Number(match[2] ?? match[1]);
  return low >= 1 && low <= high && high <= 65_535;
};

const ends = z.object({
  addresses: z
    .array(z.string().refine(isNetwork, "must be an IP address or a network in CIDR notation"))
    .nullish(),
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(z.string()).nullish(),
  load_balancer_uids: z.array(z.string()).nullish(),
  kubernetes_ids: z.array(z.string()).nullish(),
});
const rule = {
  protocol: z.enum(["tcp", "udp", "icmp"]),
  ports: z.string().refine(isPorts, 'must be a port, a range (8000-9000) or "all"').nullish(),
};
const rules = {
  inbound_rules: z.array(z.object({ ...rule, sources: ends })).nullish(),
  outbound_rules: z.array(z.object({ ...rule, destinations: ends })).nullish(),
};
const name = z
  .string()
  .max(255)
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/,
    "must start with a letter or digit and hold only letters, digits, dots and dashes",
  );
const wantedFirewall = z.object({
  name,
  ...rules,
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(tagName).nullish(),
});
const wantedRules = z.object(rules);
const wantedDroplets = z.object({ droplet_ids: z.array(z.number().int()) });
const wantedTags = z.object({ tags: z.array(tagName) });
type Wanted = z.infer<typeof wantedFirewall>;
type Ends = z.infer<typeof ends>;

/** "all" reads back as "0", and so do icmp's ports. */
const record = (
  one: { protocol: RuleRecord["protocol"]; ports?: string | null },
  given: Ends,
): RuleRecord => {
  const kept = Object.entries(given).filter(([, list]) => list?.length);
  const ports = one.protocol === "icmp" || !one.ports || one.ports === "all" ? "0" : one.ports;
  return { protocol: one.protocol, ports, ends: Object.fromEntries(kept) };
};
const inbound = (wanted: z.infer<typeof wantedRules>): RuleRecord[] =>
  (wanted.inbound_rules ?? []).map((one) => record(one, one.sources));
const outbound = (wanted: z.infer<typeof wantedRules>): RuleRecord[] =>
  (wanted.outbound_rules ?? []).map((one) => record(one, one.destinations));

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

const asked = (cloud: Cloud, c: Context<ApiEnv>): FirewallRecord => {
  const firewall = cloud.state.firewalls.find((one) => one.id === pathParameter(c, "id"));
  if (!firewall) throw notFound();
  return firewall;
};

type Content = Pick<FirewallRecord, "inbound" | "outbound" | "droplet_ids" | "tags">;
const checked = (cloud: Cloud, content: Content): Content => {
  const unknown = content.droplet_ids.filter(
    (id) => !cloud.state.droplets.some((droplet) => droplet.id === id),
  );
  if (unknown.length) throw unprocessable(`droplet ids: ${unknown.join(", ")} not found`);
  const missing = content.tags.filter((tag) => !cloud.state.tags.includes(tag));
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
const content = (cloud: Cloud, wanted: Wanted): Content => {
  if (!wanted.inbound_rules?.length && !wanted.outbound_rules?.length)
    throw unprocessable("must specify at least one rule");
  return checked(cloud, {
    inbound: inbound(wanted),
    outbound: outbound(wanted),
    droplet_ids: wanted.droplet_ids ?? [],
    tags: wanted.tags ?? [],
  });
};

/** The network is changed within the request, so "waiting" is only seen when that fails. */
const enforce = async (cloud: Cloud, firewall: FirewallRecord): Promise<void> => {
  firewall.status = "waiting";
  firewall.pending_changes = firewall.droplet_ids.map((droplet_id) => ({
    droplet_id,
    removing: false,
    status: "waiting",
  }));
  try {
    await cloud.network.apply();
    firewall.status = "succeeded";
    firewall.pending_changes = [];
  } catch (error) {
    firewall.status = "failed";
    cloud.log(`firewall ${firewall.name}: ${(error as Error).message}`);
  }
};

/** Clients send addresses, and what kinds of ends there are, in any order. */
const ordered = ({ protocol, ports, ends }: RuleRecord): string =>
  JSON.stringify([
    protocol,
    ports,
    Object.entries(ends)
      .map(([kind, list]: [string, unknown[]]) => [kind, list.map(String).sort()])
      .sort(),
  ]);
const same = (a: RuleRecord, b: RuleRecord): boolean => ordered(a) === ordered(b);

const partRoutes = (cloud: Cloud, api: Api): void => {
  const change = async (
    c: Context<ApiEnv>,
    part: (firewall: FirewallRecord) => Partial<Content>,
  ): Promise<Response> => {
    const firewall = asked(cloud, c);
    const { inbound, outbound, droplet_ids, tags } = firewall;
    Object.assign(
      firewall,
      checked(cloud, {
        inbound,
        outbound,
        droplet_ids,
        tags,
        ...part(firewall),
      }),
    );
    await enforce(cloud, firewall);
    return c.body(null, 204);
  };
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

export const firewallRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  const nameIsFree = (wanted: string, but?: FirewallRecord): void => {
    if (state.firewalls.some((one) => one !== but && one.name === wanted))
      throw conflict("duplicate name");
  };
  api.get("/firewalls", (c) => c.json(page(c, "firewalls", state.firewalls.map(firewallView))));
  api.post("/firewalls", async (c) => {
    const wanted = await body(c, wantedFirewall);
    nameIsFree(wanted.name);
    const firewall: FirewallRecord = {
      id: randomUUID(),
      name: wanted.name,
      status: "waiting",
      created_at: timestamp(cloud),
      pending_changes: [],
      ...content(cloud, wanted),
    };
    state.firewalls.push(firewall);
    await enforce(cloud, firewall);
    return c.json({ firewall: firewallView(firewall) }, 202);
  });
  api.get("/firewalls/:id", (c) => c.json({ firewall: firewallView(asked(cloud, c)) }));
  api.put("/firewalls/:id", async (c) => {
    const wanted = await body(c, wantedFirewall);
    const firewall = asked(cloud, c);
    nameIsFree(wanted.name, firewall);
    Object.assign(firewall, { name: wanted.name }, content(cloud, wanted));
    await enforce(cloud, firewall);
    return c.json({ firewall: firewallView(firewall) });
  });
  api.delete("/firewalls/:id", async (c) => {
    const firewall = asked(cloud, c);
    state.firewalls = state.firewalls.filter((one) => one !== firewall);
    await cloud.network.apply();
    return c.body(null, 204);
  });
  partRoutes(cloud, api);
  return api;
};
