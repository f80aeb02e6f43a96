import { Hono } from "hono";

import { regionSlugs, regionView, sizes, sizeView } from "./catalog";
import type { Api, Resource } from "./cloud";
import { page } from "./paging";

export const account: Resource = {
  routes: ({ store, resources }) => {
    const api: Api = new Hono();
    const limits = Object.fromEntries(
      resources.flatMap((one) => Object.entries(one.accountLimits ?? {})),
    );
    api.get("/account", (c) => {
      const {
        account: { email, uuid },
        limits: own = {},
      } = store.state;
      return c.json({
        account: {
          ...limits,
          ...own,
          email,
          name: "Lab Owner",
          uuid,
          email_verified: true,
          status: "active",
          status_message: "",
          team: { uuid, name: "My Team" },
        },
      });
    });
    api.get("/regions", (c) => c.json(page(c, "regions", regionSlugs.map(regionView))));
    api.get("/sizes", (c) => c.json(page(c, "sizes", sizes.map(sizeView))));
    return api;
  },
};
