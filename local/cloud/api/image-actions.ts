import type { Context } from "hono";
import { z } from "zod";

import type { ActionRecord, SnapshotRecord } from "../records";
import { actionView, beginAction, carryOut, newestFirst } from "./actions";
import { regionSlugs } from "./catalog";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { notFound, unprocessable } from "./errors";
import { page } from "./paging";
import { body, numericId } from "./request";

const imageAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("convert") }),
  z.object({
    type: z.literal("transfer"),
    region: z.string().refine((slug) => regionSlugs.includes(slug), "is not a region"),
  }),
]);
type ImageAction = z.infer<typeof imageAction>;

export const imageKey = (id: number): string => `image-${id}`;

const perform = (snapshot: SnapshotRecord, wanted: ImageAction): void => {
  if (wanted.type === "convert") snapshot.kind = "snapshot";
  else snapshot.regions = [...new Set([...snapshot.regions, wanted.region])];
};

/** After all that is being done to the image already. */
const queue = (cloud: Cloud, action: ActionRecord, wanted: ImageAction): void => {
  void cloud.jobs.run(imageKey(Number(action.resource_id)), async () => {
    await carryOut(cloud, action, () => {
      const snapshot = cloud.state.snapshots.find((one) => one.id === action.resource_id);
      return snapshot
        ? Promise.resolve(() => perform(snapshot, wanted))
        : Promise.reject(new Error("the image was deleted meanwhile"));
    });
    await cloud.store.save();
  });
};

const start = (cloud: Cloud, snapshot: SnapshotRecord, wanted: ImageAction): ActionRecord => {
  if (snapshot.status !== "available") throw unprocessable("The image is not available yet.");
  if (wanted.type === "convert" && snapshot.kind !== "backup")
    throw unprocessable("Only a backup can be converted to a snapshot.");
  const region = wanted.type === "transfer" ? wanted.region : snapshot.regions[0]!;
  const action = beginAction(cloud, {
    type: wanted.type,
    resource_id: snapshot.id,
    resource_type: "image",
    region_slug: region,
    request: wanted,
  });
  queue(cloud, action, wanted);
  return action;
};

/** After a daemon's death. */
export const resumeImageActions = (cloud: Cloud): void => {
  for (const action of cloud.state.actions)
    if (action.status === "in-progress" && action.resource_type === "image")
      queue(cloud, action, imageAction.parse(action.request));
};

/** DigitalOcean's document describes a key called "action", which clients read, and shows the action bare: both are answered. */
const answer = (action: ActionRecord): Record<string, unknown> => ({
  ...actionView(action),
  action: actionView(action),
});

/** @param own the asked image, which has to be the account's own */
export const imageActionRoutes = (
  cloud: Cloud,
  api: Api,
  own: (c: Context<ApiEnv>) => SnapshotRecord,
): void => {
  const actionsOf = (id: number): ActionRecord[] =>
    cloud.state.actions.filter((one) => one.resource_type === "image" && one.resource_id === id);
  api.get("/images/:id/actions", (c) =>
    c.json(page(c, "actions", newestFirst(actionsOf(own(c).id)))),
  );
  api.get("/images/:id/actions/:action", (c) => {
    const action = actionsOf(own(c).id).find((one) => one.id === numericId(c, "action"));
    if (!action) throw notFound();
    return c.json(answer(action));
  });
  api.post("/images/:id/actions", async (c) => {
    const wanted = await body(c, imageAction);
    return c.json(answer(start(cloud, own(c), wanted)), 201);
  });
};
