import type { Answer, ReservedIpv6 } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { DropletRecord } from "../../records/machines";
import type { ReservedIpv6Record } from "../../records/network";
import { actionView } from "../actions";
import { takeReservedIpv6 } from "../addresses";
import { regionSlugs } from "../catalog";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { type DropletAnswer, dropletView } from "../droplets/view";
import { found, unprocessable } from "../errors";
import { page } from "../paging";
import { body, looseInteger, pathParameter } from "../request";
import {
  holderFor,
  releaseFrom,
  resumeAssignments,
  startAssignment,
  type Family,
} from "./assignment";

const newIp = z.object({ region_slug: z.string() });
const ipAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: looseInteger }),
  z.object({ type: z.literal("unassign") }),
]);

/** As many as reserved IPv4 addresses. */
const LIMIT = 3;
const family: Family = { type: "reserved_ipv6", collection: (store) => store.reservedIpv6 };

const view = (
  { store, clock }: Cloud,
  { ip, region, reserved_at, droplet_id }: ReservedIpv6Record,
): Answer<ReservedIpv6, "droplet"> & { readonly droplet: DropletAnswer | null } => {
  const holder = droplet_id === null ? undefined : store.droplets.get(droplet_id);
  return {
    ip,
    region_slug: region,
    reserved_at,
    droplet: holder ? dropletView(store.state, holder, clock.now()) : null,
  };
};

/** An IPv6 address may be written in many ways; there is one shortest. */
const canonical = (address: string): string =>
  URL.canParse(`http://[${address}]`)
    ? new URL(`http://[${address}]`).hostname.slice(1, -1)
    : address;

const asked = ({ store }: Cloud, c: Context<ApiEnv>): ReservedIpv6Record =>
  found(store.reservedIpv6.get(canonical(pathParameter(c, "ip"))));

/**
 * Unlike a reserved IPv4 address it is not mapped: the droplet has to take it as its own, so it
 * needs IPv6 of its own first.
 */
const holder = (cloud: Cloud, reserved: ReservedIpv6Record, id: number): DropletRecord => {
  const droplet = holderFor(cloud, cloud.store.reservedIpv6.all(), id, reserved.region, reserved);
  if (!droplet.ipv6) throw unprocessable("The droplet does not have IPv6 enabled.");
  return droplet;
};

/**
 * The address is routed to its droplet, which has to be told of it by its owner: `ip -6 address add
 * ADDRESS/128 dev lo`.
 */
const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  api.get("/reserved_ipv6", (c) => {
    const views = store.reservedIpv6.all().map((one) => view(cloud, one));
    return c.json(page(c, "reserved_ipv6s", views));
  });
  api.post("/reserved_ipv6", async (c) => {
    const { region_slug } = await body(c, newIp);
    if (!regionSlugs.includes(region_slug)) throw unprocessable("region_slug: is not a region");
    if (store.reservedIpv6.all().length >= LIMIT)
      throw unprocessable(`You have reached the limit of ${LIMIT} reserved IPv6s.`);
    const { ip, reserved_at } = store.reservedIpv6.insert({
      ip: takeReservedIpv6(store.state),
      region: region_slug,
      reserved_at: timestamp(cloud),
      droplet_id: null,
      locked: false,
    });
    return c.json({ reserved_ipv6: { ip, region_slug, reserved_at } }, 201);
  });
  api.get("/reserved_ipv6/:ip", (c) => c.json({ reserved_ipv6: view(cloud, asked(cloud, c)) }));
  api.delete("/reserved_ipv6/:ip", async (c) => {
    const reserved = asked(cloud, c);
    store.reservedIpv6.remove((one) => one === reserved);
    await cloud.network.apply();
    return c.body(null, 204);
  });
  api.post("/reserved_ipv6/:ip/actions", async (c) => {
    const wanted = await body(c, ipAction);
    const reserved = asked(cloud, c);
    if (reserved.locked) throw unprocessable("The reserved IPv6 already has a pending event.");
    if (wanted.type === "unassign" && reserved.droplet_id === null)
      throw unprocessable("The reserved IPv6 is not assigned.");
    const droplet = wanted.type === "assign" ? holder(cloud, reserved, wanted.droplet_id) : null;
    const action = startAssignment(cloud, family, reserved, droplet);
    return c.json({ action: actionView(action) }, 201);
  });
  return api;
};

export const reservedIpv6: Resource = {
  routes,
  resume: (cloud) => resumeAssignments(cloud, family),
  forgetDroplet: (store, { id }) => releaseFrom(store.reservedIpv6, id),
};
