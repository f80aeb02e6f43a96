import { Hono } from "hono";

import type { ActionRecord } from "../records";
import { regionView } from "./catalog";
import { timestamp, type Api, type Cloud } from "./cloud";
import { notFound } from "./errors";
import { page } from "./paging";
import { numericId } from "./request";

/** Older actions are forgotten; DigitalOcean keeps them for years, and a file rewritten at each call can't. */
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

export const actionView = (action: ActionRecord): Record<string, unknown> => ({
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
  const action: ActionRecord = {
    id: cloud.store.nextId(),
    status: "in-progress",
    started_at: timestamp(cloud),
    completed_at: null,
    ...begin,
  };
  cloud.state.actions.push(action);
  const surplus = cloud.state.actions.length - KEPT;
  if (surplus > 0) {
    // An action under way is never forgotten: it holds its droplet's lock.
    const old = new Set(
      cloud.state.actions.slice(0, surplus).filter((one) => one.status !== "in-progress"),
    );
    cloud.state.actions = cloud.state.actions.filter((one) => !old.has(one));
  }
  return action;
};

/** What an action does. What it resolves with is done to the records when the action ends: at DigitalOcean's pace that is later. */
export type Work = () => Promise<void | (() => void)>;

/** Does the work of an action that has begun, at the chosen pace, and records how it ended. Never rejects. */
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
  if (result.status === "fulfilled") result.value?.();
  action.status = result.status === "fulfilled" ? "completed" : "errored";
  action.completed_at = timestamp(cloud);
  if (result.status === "rejected") {
    action.error = result.reason instanceof Error ? result.reason.message : String(result.reason);
    cloud.log(
      `action ${action.id} ${action.type} of ${action.resource_type} ${action.resource_id} failed: ${action.error}`,
    );
  }
  return result.status === "fulfilled";
};

export const actionLink = (url: string, action: ActionRecord): Record<string, unknown> => ({
  id: action.id,
  rel: action.type,
  href: new URL(`/v2/actions/${action.id}`, url).toString(),
});

export const newestFirst = (actions: readonly ActionRecord[]): Record<string, unknown>[] =>
  actions.map(actionView).reverse();

export const actionRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  api.get("/actions", (c) => c.json(page(c, "actions", newestFirst(cloud.state.actions))));
  api.get("/actions/:id", (c) => {
    const action = cloud.state.actions.find((one) => one.id === numericId(c, "id"));
    if (!action) throw notFound();
    return c.json({ action: actionView(action) });
  });
  return api;
};
