import type { Context } from "hono";
import { z } from "zod";

import type { ActionRecord, SnapshotRecord } from "../../records/machines";
import {
  actionHistoryRoutes,
  actionsOf,
  actionsUnderWay,
  actionView,
  beginAction,
  carryOut,
} from "../actions";
import { regionSlugs } from "../catalog";
import type { Api, ApiEnv, Cloud } from "../cloud";
import { unprocessable } from "../errors";
import { body } from "../request";

const imageAction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("convert") }),
  z.object({
    type: z.literal("transfer"),
    region: z.string().refine((slug) => regionSlugs.includes(slug), "is not a region"),
  }),
]);
type ImageAction = z.infer<typeof imageAction>;

export const imageKey = (id: number): string => `image-${id}`;

const perform = ({ store }: Cloud, image: SnapshotRecord, wanted: ImageAction): void => {
  store.snapshots.update(
    image,
    wanted.type === "convert"
      ? { kind: "snapshot" }
      : { regions: [...new Set([...image.regions, wanted.region])] },
  );
};

/** After all that is being done to the image already. */
const queue = (cloud: Cloud, action: ActionRecord, wanted: ImageAction): void => {
  void cloud.jobs.run(imageKey(Number(action.resource_id)), async () => {
    await carryOut(cloud, action, () => {
      const image = cloud.store.snapshots.get(action.resource_id);
      return image
        ? Promise.resolve(() => perform(cloud, image, wanted))
        : Promise.reject(new Error("the image was deleted meanwhile"));
    });
  });
};

const start = (cloud: Cloud, snapshot: SnapshotRecord, wanted: ImageAction): ActionRecord => {
  if (snapshot.status !== "available") throw unprocessable("The image is not available yet.");
  if (wanted.type === "convert" && snapshot.kind !== "backup")
    throw unprocessable("Only a backup can be converted to a snapshot.");
  const region = wanted.type === "transfer" ? wanted.region : (snapshot.regions[0] ?? null);
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
  for (const action of actionsUnderWay(cloud, "image"))
    queue(cloud, action, imageAction.parse(action.request));
};

/**
 * DigitalOcean's document describes a key called "action", which clients read, and shows the action
 * bare: both are answered.
 */
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
  actionHistoryRoutes(api, "/images/:id", (c) => actionsOf(cloud, "image", own(c).id), answer);
  api.post("/images/:id/actions", async (c) => {
    const wanted = await body(c, imageAction);
    return c.json(answer(start(cloud, own(c), wanted)), 201);
  });
};
