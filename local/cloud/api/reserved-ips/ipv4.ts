import type { Answer, ReservedIp } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { Store } from "../../record-store";
import type { ActionRecord } from "../../records/machines";
import type { ReservedIpRecord } from "../../records/network";
import { actionHistoryRoutes, actionLink, actionView } from "../actions";
import { takeReservedIp } from "../addresses";
import { regionSlugs, regionView } from "../catalog";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { type DropletAnswer, dropletView } from "../droplets/view";
import { found, unprocessable } from "../errors";
import { page } from "../paging";
import { assignToProject, defaultProject } from "../projects/membership";
import { body, looseInteger, pathParameter } from "../request";
import {
  holderFor,
  releaseFrom,
  resumeAssignments,
  startAssignment,
  type Family,
} from "./assignment";

const newIp = z.object({
  region: z.string().nullish(),
  droplet_id: looseInteger.nullish(),
  project_id: z.string().nullish(),
});
const ipAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: looseInteger }),
  z.object({ type: z.literal("unassign") }),
]);

const LIMIT = 3;
const family: Family = { type: "reserved_ip", collection: (store) => store.reservedIps };

const urnOf = (reserved: ReservedIpRecord): string => `do:floatingip:${reserved.ip}`;
const projectOf = ({ projects }: Store, reserved: ReservedIpRecord): string =>
  found(projects.find(({ resources }) => resources.some(({ urn }) => urn === urnOf(reserved)))).id;

const view = (
  { store, clock }: Cloud,
  reserved: ReservedIpRecord,
): Answer<ReservedIp, "droplet"> & { readonly droplet: DropletAnswer | null } => {
  const holder = reserved.droplet_id === null ? undefined : store.droplets.get(reserved.droplet_id);
  return {
    ip: reserved.ip,
    region: regionView(reserved.region),
    droplet: holder ? dropletView(store.state, holder, clock.now()) : null,
    locked: reserved.locked,
    project_id: projectOf(store, reserved),
  };
};

const asked = ({ store }: Cloud, c: Context<ApiEnv>): ReservedIpRecord =>
  found(store.reservedIps.get(pathParameter(c, "ip")));

const add = (
  cloud: Cloud,
  wanted: z.infer<typeof newIp>,
): { reserved: ReservedIpRecord; action: ActionRecord } => {
  const { store } = cloud;
  const others = store.reservedIps.all();
  const limit = store.state.limits?.["reserved_ip_limit"] ?? LIMIT;
  if (others.length >= limit)
    throw unprocessable(`You have reached the limit of ${limit} reserved IPs.`);
  const droplet = wanted.droplet_id ? holderFor(cloud, others, wanted.droplet_id, null) : null;
  const region = droplet?.region ?? wanted.region;
  if (!region || !regionSlugs.includes(region))
    throw unprocessable("region: a region or a droplet is required");
  const project = wanted.project_id ? store.projects.get(wanted.project_id) : defaultProject(store);
  if (!project) throw unprocessable("project_id: no such project");
  const reserved = store.reservedIps.insert({
    ip: takeReservedIp(store),
    region,
    droplet_id: null,
    locked: false,
  });
  assignToProject(cloud, urnOf(reserved), project);
  return { reserved, action: startAssignment(cloud, family, reserved, droplet) };
};

const actionRoutes = (cloud: Cloud, api: Api, base: string): void => {
  const { store } = cloud;
  actionHistoryRoutes(api, `${base}/:ip`, (c) => {
    const { ip } = asked(cloud, c);
    return store.actions.filter(
      (action) => action.resource_type === family.type && action.request?.ip === ip,
    );
  });
  api.post(`${base}/:ip/actions`, async (c) => {
    const wanted = await body(c, ipAction);
    const reserved = asked(cloud, c);
    if (reserved.locked) throw unprocessable("The floating IP already has a pending event.");
    if (wanted.type === "unassign" && reserved.droplet_id === null)
      throw unprocessable("The floating IP is not assigned.");
    const droplet =
      wanted.type === "assign"
        ? holderFor(cloud, store.reservedIps.all(), wanted.droplet_id, reserved.region, reserved)
        : null;
    const action = startAssignment(cloud, family, reserved, droplet);
    return c.json(
      { action: { ...actionView(action), project_id: projectOf(store, reserved) } },
      201,
    );
  });
};

const addressRoutes = (cloud: Cloud, api: Api, base: string, key: string): void => {
  const { store } = cloud;
  api.get(base, (c) => {
    const views = store.reservedIps.all().map((one) => view(cloud, one));
    return c.json(page(c, `${key}s`, views));
  });
  api.post(base, async (c) => {
    const { reserved, action } = add(cloud, await body(c, newIp));
    const id = reserved.droplet_id;
    const href = new URL(`/v2/droplets/${id}`, c.req.url).toString();
    const droplets = id === null ? [] : [{ id, rel: "droplet", href }];
    const links = { droplets, actions: [actionLink(c.req.url, action)] };
    return c.json({ [key]: view(cloud, reserved), links }, 202);
  });
  api.get(`${base}/:ip`, (c) => c.json({ [key]: view(cloud, asked(cloud, c)) }));
  api.delete(`${base}/:ip`, async (c) => {
    const reserved = asked(cloud, c);
    store.reservedIps.remove((one) => one === reserved);
    await cloud.network.apply();
    return c.body(null, 204);
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  // The same resource under its present and its former name.
  for (const [base, key] of [
    ["/reserved_ips", "reserved_ip"],
    ["/floating_ips", "floating_ip"],
  ] as const) {
    addressRoutes(cloud, api, base, key);
    actionRoutes(cloud, api, base);
  }
  return api;
};

export const reservedIps: Resource = {
  routes,
  resume: (cloud) => resumeAssignments(cloud, family),
  accountLimits: { floating_ip_limit: LIMIT, reserved_ip_limit: LIMIT },
  projectMember: {
    kind: "floatingip",
    alias: "reservedip",
    path: "floating_ips",
    exists: (store, ip) => store.reservedIps.get(ip) !== undefined,
  },
  forgetDroplet: (store, { id }) => releaseFrom(store.reservedIps, id),
};
