import { Hono, type Context } from "hono";
import { z } from "zod";

import type { ActionRecord, CloudState, ReservedIpRecord } from "../records";
import { limits } from "./account";
import { actionLink, actionView, newestFirst } from "./actions";
import { takeReservedIp } from "./addresses";
import { regionSlugs, regionView } from "./catalog";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { dropletView } from "./droplets/view";
import { notFound, unprocessable } from "./errors";
import { holderFor, startMove } from "./moves";
import { page } from "./paging";
import { assignToProject } from "./projects";
import { body, looseInteger, numericId, pathParameter } from "./request";

const newIp = z.object({
  region: z.string().nullish(),
  droplet_id: looseInteger.nullish(),
  project_id: z.string().nullish(),
});
const ipAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: looseInteger }),
  z.object({ type: z.literal("unassign") }),
]);

const urnOf = (reserved: ReservedIpRecord): string => `do:floatingip:${reserved.ip}`;
const projectOf = (state: CloudState, reserved: ReservedIpRecord): string =>
  state.projects.find((project) => project.resources.some(({ urn }) => urn === urnOf(reserved)))!
    .id;

const view = (cloud: Cloud, reserved: ReservedIpRecord): Record<string, unknown> => {
  const holder = cloud.state.droplets.find((droplet) => droplet.id === reserved.droplet_id);
  return {
    ip: reserved.ip,
    region: regionView(reserved.region),
    droplet: holder ? dropletView(cloud.state, holder, cloud.clock.now()) : null,
    locked: reserved.locked,
    project_id: projectOf(cloud.state, reserved),
  };
};

const asked = (cloud: Cloud, c: Context<ApiEnv>): ReservedIpRecord => {
  const reserved = cloud.state.reservedIps.find((one) => one.ip === pathParameter(c, "ip"));
  if (!reserved) throw notFound();
  return reserved;
};

const add = (
  cloud: Cloud,
  wanted: z.infer<typeof newIp>,
): { reserved: ReservedIpRecord; action: ActionRecord } => {
  const { state } = cloud;
  if (state.reservedIps.length >= limits.reservedIps)
    throw unprocessable(`You have reached the limit of ${limits.reservedIps} reserved IPs.`);
  const droplet = wanted.droplet_id
    ? holderFor(cloud, state.reservedIps, wanted.droplet_id, null)
    : null;
  const region = droplet?.region ?? wanted.region;
  if (!region || !regionSlugs.includes(region))
    throw unprocessable("region: a region or a droplet is required");
  const project = wanted.project_id
    ? state.projects.find((one) => one.id === wanted.project_id)
    : state.projects.find((one) => one.is_default);
  if (!project) throw unprocessable("project_id: no such project");
  const reserved: ReservedIpRecord = {
    ip: takeReservedIp(state),
    region,
    droplet_id: null,
    locked: false,
  };
  state.reservedIps.push(reserved);
  assignToProject(cloud, urnOf(reserved), project);
  return { reserved, action: startMove(cloud, reserved, droplet) };
};

const actionRoutes = (cloud: Cloud, api: Api, base: string): void => {
  const actionsOf = (reserved: ReservedIpRecord): ActionRecord[] =>
    cloud.state.actions.filter(
      (action) => action.resource_type === "reserved_ip" && action.request?.ip === reserved.ip,
    );
  api.get(`${base}/:ip/actions`, (c) =>
    c.json(page(c, "actions", newestFirst(actionsOf(asked(cloud, c))))),
  );
  api.get(`${base}/:ip/actions/:action`, (c) => {
    const action = actionsOf(asked(cloud, c)).find((one) => one.id === numericId(c, "action"));
    if (!action) throw notFound();
    return c.json({ action: actionView(action) });
  });
  api.post(`${base}/:ip/actions`, async (c) => {
    const wanted = await body(c, ipAction);
    const reserved = asked(cloud, c);
    if (reserved.locked) throw unprocessable("The floating IP already has a pending event.");
    if (wanted.type === "unassign" && reserved.droplet_id === null)
      throw unprocessable("The floating IP is not assigned.");
    const droplet =
      wanted.type === "assign"
        ? holderFor(cloud, cloud.state.reservedIps, wanted.droplet_id, reserved.region, reserved)
        : null;
    return c.json(
      {
        action: {
          ...actionView(startMove(cloud, reserved, droplet)),
          project_id: projectOf(cloud.state, reserved),
        },
      },
      201,
    );
  });
};

/** The same resource under its present and its former name. */
export const reservedIpRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  for (const [base, key] of [
    ["/reserved_ips", "reserved_ip"],
    ["/floating_ips", "floating_ip"],
  ] as const) {
    api.get(base, (c) =>
      c.json(
        page(
          c,
          `${key}s`,
          cloud.state.reservedIps.map((one) => view(cloud, one)),
        ),
      ),
    );
    api.post(base, async (c) => {
      const { reserved, action } = add(cloud, await body(c, newIp));
      const droplets = reserved.droplet_id
        ? [
            {
              id: reserved.droplet_id,
              rel: "droplet",
              href: new URL(`/v2/droplets/${reserved.droplet_id}`, c.req.url).toString(),
            },
          ]
        : [];
      return c.json(
        {
          [key]: view(cloud, reserved),
          links: { droplets, actions: [actionLink(c.req.url, action)] },
        },
        202,
      );
    });
    api.get(`${base}/:ip`, (c) => c.json({ [key]: view(cloud, asked(cloud, c)) }));
    api.delete(`${base}/:ip`, async (c) => {
      const reserved = asked(cloud, c);
      cloud.state.reservedIps = cloud.state.reservedIps.filter((one) => one !== reserved);
      await cloud.network.apply();
      return c.body(null, 204);
    });
    actionRoutes(cloud, api, base);
  }
  return api;
};
