import { Hono } from "hono";

import { regionSlugs, regionView, sizes, sizeView } from "./catalog";
import type { Api, Cloud } from "./cloud";
import { page } from "./paging";

/** DigitalOcean's defaults for a new account are lower; 100 droplets have to fit here. */
export const limits = { droplets: 150, reservedIps: 3, volumes: 100 } as const;

export const accountRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  api.get("/account", (c) =>
    c.json({
      account: {
        droplet_limit: limits.droplets,
        floating_ip_limit: limits.reservedIps,
        reserved_ip_limit: limits.reservedIps,
        volume_limit: limits.volumes,
        email: cloud.state.account.email,
        name: "Lab Owner",
        uuid: cloud.state.account.uuid,
        email_verified: true,
        status: "active",
        status_message: "",
        team: { uuid: cloud.state.account.uuid, name: "My Team" },
      },
    }),
  );
  api.get("/regions", (c) => c.json(page(c, "regions", regionSlugs.map(regionView))));
  api.get("/sizes", (c) => c.json(page(c, "sizes", sizes.map(sizeView))));
  return api;
};
