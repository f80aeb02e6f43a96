import { Hono, type Context } from "hono";

import type { ActionRecord, DropletRecord } from "../../records";
import { actionLink, actionView, newestFirst } from "../actions";
import type { Api, ApiEnv, Cloud } from "../cloud";
import { notFound, unprocessable } from "../errors";
import { firewallView } from "../firewalls";
import { snapshotImageView } from "../images";
import { covers } from "../network-plan";
import { page } from "../paging";
import { assignToProject } from "../projects";
import { body, numericId } from "../request";
import { checkDropletAction, dropletAction, startDropletAction } from "./actions";
import { addDroplets, dropletRequest } from "./create";
import { beginDropletAction, boot, queueAction, removeDroplet } from "./machine";
import { dropletView } from "./view";

const askedDroplet = (cloud: Cloud, c: Context<ApiEnv>): DropletRecord => {
  const droplet = cloud.state.droplets.find((one) => one.id === numericId(c, "droplet"));
  if (!droplet) throw notFound();
  return droplet;
};
const actionsOf = (cloud: Cloud, droplet: DropletRecord): ActionRecord[] =>
  cloud.state.actions.filter(
    (action) => action.resource_type === "droplet" && action.resource_id === droplet.id,
  );

const lifeRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  const view = (droplet: DropletRecord): Record<string, unknown> =>
    dropletView(state, droplet, cloud.clock.now());
  api.get("/droplets", (c) => {
    const { tag_name: tag, name, type } = c.req.query();
    const found =
      type === "gpus"
        ? []
        : state.droplets.filter(
            (one) =>
              (!tag || one.tags.includes(tag)) &&
              (!name || one.name.toLowerCase() === name.toLowerCase()),
          );
    return c.json(page(c, "droplets", found.map(view)));
  });
  api.post("/droplets", async (c) => {
    const wanted = await body(c, dropletRequest);
    const droplets = addDroplets(cloud, wanted);
    const actions = droplets.map((droplet) => beginDropletAction(cloud, droplet, "create", {}));
    const links = { actions: actions.map((action) => actionLink(c.req.url, action)) };
    // Looked at before the machines begin to come up: the answer says "new".
    const views = droplets.map(view);
    droplets.forEach((droplet, at) => {
      assignToProject(cloud, `do:droplet:${droplet.id}`);
      queueAction(cloud, droplet, actions[at]!, () => boot(cloud, droplet));
    });
    return c.json(wanted.names ? { droplets: views, links } : { droplet: views[0], links }, 202);
  });
  api.delete("/droplets", (c) => {
    const tag = c.req.query("tag_name");
    if (!tag) throw unprocessable("tag_name is required");
    if (!state.tags.includes(tag)) throw notFound();
    for (const droplet of state.droplets.filter((one) => one.tags.includes(tag)))
      void removeDroplet(cloud, droplet);
    return c.body(null, 204);
  });
  api.get("/droplets/:droplet{[0-9]+}", (c) => c.json({ droplet: view(askedDroplet(cloud, c)) }));
  api.delete("/droplets/:droplet{[0-9]+}", (c) => {
    void removeDroplet(cloud, askedDroplet(cloud, c));
    return c.body(null, 204);
  });
};

const actionRoutes = (cloud: Cloud, api: Api): void => {
  api.get("/droplets/:droplet{[0-9]+}/actions", (c) =>
    c.json(page(c, "actions", newestFirst(actionsOf(cloud, askedDroplet(cloud, c))))),
  );
  api.get("/droplets/:droplet{[0-9]+}/actions/:action", (c) => {
    const action = actionsOf(cloud, askedDroplet(cloud, c)).find(
      (one) => one.id === numericId(c, "action"),
    );
    if (!action) throw notFound();
    return c.json({ action: actionView(action) });
  });
  api.post("/droplets/:droplet{[0-9]+}/actions", async (c) => {
    const wanted = await body(c, dropletAction);
    return c.json(
      { action: actionView(startDropletAction(cloud, askedDroplet(cloud, c), wanted)) },
      201,
    );
  });
  api.post("/droplets/actions", async (c) => {
    const tag = c.req.query("tag_name");
    if (!tag) throw unprocessable("tag_name is required");
    const wanted = await body(c, dropletAction);
    const droplets = cloud.state.droplets.filter((one) => one.tags.includes(tag));
    // All of them or none.
    for (const droplet of droplets) checkDropletAction(cloud, droplet, wanted);
    const actions = droplets.map((droplet) => startDropletAction(cloud, droplet, wanted));
    return c.json({ actions: actions.map(actionView) }, 201);
  });
};

const backupPolicyView = (cloud: Cloud, droplet: DropletRecord): Record<string, unknown> => {
  const { next_backup_window } = dropletView(cloud.state, droplet, cloud.clock.now());
  const policy = droplet.backup_policy;
  return {
    droplet_id: droplet.id,
    backup_enabled: policy !== null,
    next_backup_window,
    backup_policy: policy && {
      plan: policy.plan,
      ...(policy.weekday ? { weekday: policy.weekday } : {}),
      hour: policy.hour,
      window_length_hours: 4,
      retention_period_days: policy.plan === "daily" ? 7 : 28,
    },
  };
};

const partRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  const hours = [0, 4, 8, 12, 16, 20];
  api.get("/droplets/backups/policies", (c) => {
    const found = state.droplets.filter((droplet) => droplet.backup_policy);
    const paged = page(
      c,
      "policies",
      found.map((droplet) => backupPolicyView(cloud, droplet)),
    );
    return c.json({
      ...paged,
      policies: Object.fromEntries(
        (paged.policies as { droplet_id: number }[]).map((policy) => [policy.droplet_id, policy]),
      ),
    });
  });
  api.get("/droplets/backups/supported_policies", (c) =>
    c.json({
      supported_policies: [
        {
          name: "weekly",
          possible_window_starts: hours,
          window_length_hours: 4,
          retention_period_days: 28,
          possible_days: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        },
        {
          name: "daily",
          possible_window_starts: hours,
          window_length_hours: 4,
          retention_period_days: 7,
          possible_days: [],
        },
      ],
    }),
  );
  api.get("/droplets/:droplet{[0-9]+}/backups/policy", (c) =>
    c.json({ policy: backupPolicyView(cloud, askedDroplet(cloud, c)) }),
  );
  for (const kind of ["snapshot", "backup"] as const) {
    api.get(`/droplets/:droplet{[0-9]+}/${kind}s`, (c) => {
      const droplet = askedDroplet(cloud, c);
      const found = state.snapshots.filter(
        (one) => one.droplet_id === droplet.id && one.kind === kind,
      );
      return c.json(page(c, `${kind}s`, found.map(snapshotImageView)));
    });
  }
  api.get("/droplets/:droplet{[0-9]+}/firewalls", (c) => {
    const droplet = askedDroplet(cloud, c);
    return c.json(
      page(
        c,
        "firewalls",
        state.firewalls.filter((firewall) => covers(firewall, droplet)).map(firewallView),
      ),
    );
  });
  api.get("/droplets/:droplet{[0-9]+}/kernels", (c) => {
    askedDroplet(cloud, c);
    return c.json(page(c, "kernels", []));
  });
  api.get("/droplets/:droplet{[0-9]+}/neighbors", (c) => {
    askedDroplet(cloud, c);
    return c.json({ droplets: [] });
  });
};

export const dropletRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  lifeRoutes(cloud, api);
  actionRoutes(cloud, api);
  partRoutes(cloud, api);
  return api;
};
