import type { Action, Answer, Region } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";

import type { ActionRecord } from "../records/machines";
import { regionView } from "./catalog";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "./cloud";
import { found } from "./errors";
import { page } from "./paging";
import { numericId } from "./request";

/**
 * Older actions are forgotten; DigitalOcean keeps them for years, and a file rewritten at each call
 * can't.
 */
const KEPT = 2_000;

/** What DigitalOcean itself takes, in seconds, used by `--pace real`. */
const realSeconds: Readonly<Record<string, number>> = {
  create: 25,
  destroy: 5,
  power_on: 8,
  power_off: 5,
  power_cycle: 12,
  reboot: 12,
  shutdown: 8,
  resize: 40,
  rebuild: 30,
  restore: 60,
  snapshot: 60,
  backup: 60,
  rename: 2,
  enable_ipv6: 5,
  enable_backups: 2,
  disable_backups: 2,
  change_backup_policy: 2,
  password_reset: 10,
  assign_ip: 3,
  unassign_ip: 3,
  transfer: 60,
  convert: 2,
  attach_volume: 5,
  detach_volume: 5,
};

/** The document has no word for an action without a region, which the API answers all the same. */
type ActionAnswer = Answer<Action, "region"> & { readonly region: Answer<Region> | null };

export const actionView = (action: ActionRecord): ActionAnswer => ({
  id: action.id,
  status: action.status,
  type: action.type,
  started_at: action.started_at,
  completed_at: action.completed_at,
  resource_id: typeof action.resource_id === "number" ? action.resource_id : null,
  resource_type: action.resource_type,
  region: action.region_slug ? regionView(action.region_slug) : null,
  region_slug: action.region_slug,
});

type Begin = Pick<
  ActionRecord,
  "type" | "resource_id" | "resource_type" | "region_slug" | "request"
>;
export const beginAction = (cloud: Cloud, begin: Begin): ActionRecord => {
  const { store } = cloud;
  const action = store.actions.insert({
    id: store.nextId(),
    status: "in-progress",
    started_at: timestamp(cloud),
    completed_at: null,
    ...begin,
  });
  const surplus = store.actions.all().length - KEPT;
  if (surplus > 0) {
    // An action under way is never forgotten: it holds its droplet's lock.
    const oldest = new Set(store.actions.all().slice(0, surplus));
    store.actions.remove((one) => oldest.has(one) && one.status !== "in-progress");
  }
  return action;
};

/**
 * What an action does. What it resolves with is done to the records when the action ends: at
 * DigitalOcean's pace that is later.
 */
export type Work = () => Promise<void | (() => void)>;

/**
 * Does the work of an action that has begun, at the chosen pace, and records how it ended. Never
 * rejects.
 */
export const carryOut = async (
  cloud: Cloud,
  action: ActionRecord,
  work: Work,
): Promise<boolean> => {
  const pause =
    cloud.pace === "real"
      ? cloud.clock.sleep((realSeconds[action.type] ?? 5) * 1000)
      : Promise.resolve();
  const [result] = await Promise.allSettled([work(), pause]);
  const completed_at = timestamp(cloud);
  if (result.status === "fulfilled") {
    result.value?.();
    cloud.store.actions.update(action, { status: "completed", completed_at });
    return true;
  }
  const error = result.reason instanceof Error ? result.reason.message : String(result.reason);
  cloud.store.actions.update(action, { status: "errored", completed_at, error });
  cloud.log(
    `action ${action.id} ${action.type} of ${action.resource_type} ${action.resource_id} failed: ${error}`,
  );
  return false;
};

export const actionsUnderWay = (cloud: Cloud, resourceType: string): ActionRecord[] =>
  cloud.store.actions.filter(
    (one) => one.status === "in-progress" && one.resource_type === resourceType,
  );

export const actionsOf = (
  cloud: Cloud,
  resourceType: string,
  id: number | string,
): ActionRecord[] =>
  cloud.store.actions.filter((one) => one.resource_type === resourceType && one.resource_id === id);

export const actionLink = (url: string, action: ActionRecord): Record<string, unknown> => ({
  id: action.id,
  rel: action.type,
  href: new URL(`/v2/actions/${action.id}`, url).toString(),
});

const newestFirst = (list: readonly ActionRecord[]): ActionAnswer[] =>
  list.map(actionView).reverse();

/** `<base>/actions` and `<base>/actions/:action`: what has been done to one record. */
export const actionHistoryRoutes = (
  api: Api,
  base: string,
  history: (c: Context<ApiEnv>) => readonly ActionRecord[],
  answer: (action: ActionRecord) => Record<string, unknown> = (action) => ({
    action: actionView(action),
  }),
): void => {
  api.get(`${base}/actions`, (c) => c.json(page(c, "actions", newestFirst(history(c)))));
  api.get(`${base}/actions/:action`, (c) =>
    c.json(answer(found(history(c).find((one) => one.id === numericId(c, "action"))))),
  );
};

export const actions: Resource = {
  routes: (cloud) => {
    const api: Api = new Hono();
    api.get("/actions", (c) => c.json(page(c, "actions", newestFirst(cloud.store.actions.all()))));
    api.get("/actions/:id", (c) =>
      c.json({ action: actionView(found(cloud.store.actions.get(numericId(c, "id")))) }),
    );
    return api;
  },
};
