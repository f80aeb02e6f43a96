import { Hono, type Context } from "hono";

import type { DropletRecord } from "../../records/machines";
import { actionHistoryRoutes, actionLink, actionsOf, actionView } from "../actions";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { found, notFound, unprocessable } from "../errors";
import { firewallView } from "../firewalls/view";
import { snapshotImageView } from "../images/images";
import { covers } from "../network-plan";
import { page } from "../paging";
import { assignToProject } from "../projects/membership";
import { body, numericId } from "../request";
import { checkDropletAction, dropletAction } from "./action-request";
import { resumeDropletActions, startDropletAction } from "./actions";
import { backupPolicyRoutes } from "./backup-policy-routes";
import { addDroplets, DROPLET_LIMIT, dropletRequest } from "./create";
import { beginDropletAction, boot, queueAction, removeDroplet } from "./machine";
import { type DropletAnswer, dropletView } from "./view";

const ONE = "/droplets/:droplet{[0-9]+}";
const asked = ({ store }: Cloud, c: Context<ApiEnv>): DropletRecord =>
  found(store.droplets.get(numericId(c, "droplet")));

/** What many droplets are named by at once. */
const askedTag = (c: Context<ApiEnv>): string => {
  const tag = c.req.query("tag_name");
  if (!tag) throw unprocessable("tag_name is required");
  return tag;
};

const lifeRoutes = (cloud: Cloud, api: Api): void => {
  const { store } = cloud;
  const view = (droplet: DropletRecord): DropletAnswer =>
    dropletView(store.state, droplet, cloud.clock.now());
  api.get("/droplets", (c) => {
    const { tag_name: tag, name, type } = c.req.query();
    const matching = store.droplets.filter(
      (one) =>
        type !== "gpus" &&
        (!tag || one.tags.includes(tag)) &&
        (!name || one.name.toLowerCase() === name.toLowerCase()),
    );
    return c.json(page(c, "droplets", matching.map(view)));
  });
  api.post("/droplets", async (c) => {
    const wanted = await body(c, dropletRequest);
    const added = addDroplets(cloud, wanted).map((droplet) => ({
      droplet,
      action: beginDropletAction(cloud, droplet, "create", {}),
    }));
    const links = { actions: added.map(({ action }) => actionLink(c.req.url, action)) };
    // Looked at before the machines begin to come up: the answer says "new".
    const views = added.map(({ droplet }) => view(droplet));
    for (const { droplet, action } of added) {
      assignToProject(cloud, `do:droplet:${droplet.id}`);
      queueAction(cloud, droplet, action, () => boot(cloud, droplet));
    }
    return c.json(wanted.names ? { droplets: views, links } : { droplet: views[0], links }, 202);
  });
  api.delete("/droplets", (c) => {
    const tag = askedTag(c);
    if (!store.tags.all().includes(tag)) throw notFound();
    for (const droplet of store.droplets.filter((one) => one.tags.includes(tag)))
      void removeDroplet(cloud, droplet);
    return c.body(null, 204);
  });
  api.get(ONE, (c) => c.json({ droplet: view(asked(cloud, c)) }));
  api.delete(ONE, (c) => {
    void removeDroplet(cloud, asked(cloud, c));
    return c.body(null, 204);
  });
};

const actionRoutes = (cloud: Cloud, api: Api): void => {
  actionHistoryRoutes(api, ONE, (c) => actionsOf(cloud, "droplet", asked(cloud, c).id));
  api.post(`${ONE}/actions`, async (c) => {
    const wanted = await body(c, dropletAction);
    const action = startDropletAction(cloud, asked(cloud, c), wanted);
    return c.json({ action: actionView(action) }, 201);
  });
  api.post("/droplets/actions", async (c) => {
    const tag = askedTag(c);
    const wanted = await body(c, dropletAction);
    const droplets = cloud.store.droplets.filter((one) => one.tags.includes(tag));
    // All of them or none.
    for (const droplet of droplets) checkDropletAction(cloud, droplet, wanted);
    const actions = droplets.map((droplet) => startDropletAction(cloud, droplet, wanted));
    return c.json({ actions: actions.map(actionView) }, 201);
  });
};

/** What belongs to a droplet. */
const partRoutes = (cloud: Cloud, api: Api): void => {
  const { store } = cloud;
  for (const kind of ["snapshot", "backup"] as const) {
    api.get(`${ONE}/${kind}s`, (c) => {
      const { id } = asked(cloud, c);
      const own = store.snapshots.filter((one) => one.droplet_id === id && one.kind === kind);
      return c.json(page(c, `${kind}s`, own.map(snapshotImageView)));
    });
  }
  api.get(`${ONE}/firewalls`, (c) => {
    const droplet = asked(cloud, c);
    const covering = store.firewalls.filter((firewall) => covers(firewall, droplet));
    return c.json(page(c, "firewalls", covering.map(firewallView)));
  });
  api.get(`${ONE}/kernels`, (c) => {
    asked(cloud, c);
    return c.json(page(c, "kernels", []));
  });
  api.get(`${ONE}/neighbors`, (c) => {
    asked(cloud, c);
    return c.json({ droplets: [] });
  });
};

export const droplets: Resource = {
  routes: (cloud) => {
    const api: Api = new Hono();
    lifeRoutes(cloud, api);
    actionRoutes(cloud, api);
    backupPolicyRoutes(cloud, api, (c) => asked(cloud, c));
    partRoutes(cloud, api);
    return api;
  },
  resume: resumeDropletActions,
  accountLimits: { droplet_limit: DROPLET_LIMIT },
  taggable: [{ type: "droplet", path: "droplets", collection: (store) => store.droplets }],
  projectMember: {
    kind: "droplet",
    path: "droplets",
    exists: (store, id) => store.droplets.some((one) => String(one.id) === id),
  },
};
