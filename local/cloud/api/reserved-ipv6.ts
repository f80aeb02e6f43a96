import { Hono, type Context } from "hono";
import { z } from "zod";

import type { DropletRecord, ReservedIpv6Record } from "../records";
import { limits } from "./account";
import { actionView } from "./actions";
import { takeReservedIpv6 } from "./addresses";
import { regionSlugs } from "./catalog";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { dropletView } from "./droplets/view";
import { notFound, unprocessable } from "./errors";
import { holderFor, startMove } from "./moves";
import { page } from "./paging";
import { body, looseInteger, pathParameter } from "./request";

const newIp = z.object({ region_slug: z.string() });
const ipAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: looseInteger }),
  z.object({ type: z.literal("unassign") }),
]);

const view = (
  cloud: Cloud,
  { ip, region, reserved_at, droplet_id }: ReservedIpv6Record,
): Record<string, unknown> => {
  const holder = cloud.state.droplets.find((droplet) => droplet.id === droplet_id);
  return {
    ip,
    region_slug: region,
    reserved_at,
    droplet: holder ? dropletView(cloud.state, holder, cloud.clock.now()) : null,
  };
};

/** An IPv6 address may be written in many ways; there is one shortest. */
const canonical = (address: string): string =>
  URL.canParse(`http://[${address}]`)
    ? new URL(`http://[${address}]`).hostname.slice(1, -1)
    : address;

const asked = (cloud: Cloud, c: Context<ApiEnv>): ReservedIpv6Record => {
  const reserved = cloud.state.reservedIpv6.find(
    (one) => one.ip === canonical(pathParameter(c, "ip")),
  );
  if (!reserved) throw notFound();
  return reserved;
};

/** Unlike a reserved IPv4 address it is not mapped: the droplet has to take it as its own, so it needs IPv6 of its own first. */
const holder = (cloud: Cloud, reserved: ReservedIpv6Record, id: number): DropletRecord => {
  const droplet = holderFor(cloud, cloud.state.reservedIpv6, id, reserved.region, reserved);
  if (!droplet.ipv6) throw unprocessable("The droplet does not have IPv6 enabled.");
  return droplet;
};

/** The address is routed to its droplet, which has to be told of it by its owner: `ip -6 address add ADDRESS/128 dev lo`. */
export const reservedIpv6Routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  api.get("/reserved_ipv6", (c) =>
    c.json(
      page(
        c,
        "reserved_ipv6s",
        state.reservedIpv6.map((one) => view(cloud, one)),
      ),
    ),
  );
  api.post("/reserved_ipv6", async (c) => {
    const { region_slug } = await body(c, newIp);
    if (!regionSlugs.includes(region_slug)) throw unprocessable("region_slug: is not a region");
    if (state.reservedIpv6.length >= limits.reservedIps)
      throw unprocessable(`You have reached the limit of ${limits.reservedIps} reserved IPv6s.`);
    const reserved: ReservedIpv6Record = {
      ip: takeReservedIpv6(state),
      region: region_slug,
      reserved_at: timestamp(cloud),
      droplet_id: null,
      locked: false,
    };
    state.reservedIpv6.push(reserved);
    return c.json(
      { reserved_ipv6: { ip: reserved.ip, region_slug, reserved_at: reserved.reserved_at } },
      201,
    );
  });
  api.get("/reserved_ipv6/:ip", (c) => c.json({ reserved_ipv6: view(cloud, asked(cloud, c)) }));
  api.delete("/reserved_ipv6/:ip", async (c) => {
    const reserved = asked(cloud, c);
    state.reservedIpv6 = state.reservedIpv6.filter((one) => one !== reserved);
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
    return c.json({ action: actionView(startMove(cloud, reserved, droplet)) }, 201);
  });
  return api;
};
