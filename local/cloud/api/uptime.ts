import { randomUUID } from "node:crypto";

import { Hono, type Context } from "hono";
import { z } from "zod";

import type { UptimeAlertRecord, UptimeCheckRecord } from "../records";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { notFound, unprocessable } from "./errors";
import { page } from "./paging";
import { body, nameText, optionalText, pathParameter } from "./request";
import { uptimePercentage } from "./watch/uptime-state";

const region = z.enum(["us_east", "us_west", "eu_west", "se_asia"]);
const target = z
  .string()
  .min(1)
  .max(2_048)
  .regex(/^[\x21-\x7e]+$/, "must be a URL");
/** What is pinged may be a bare address or name; a page has a URL. */
const isPage = (type: string, text: string): boolean =>
  type === "ping" || (/^https?:\/\//.test(text) && URL.canParse(text));
const newCheck = z.object({
  name: nameText,
  type: z.enum(["ping", "http", "https"]),
  target,
  regions: z.array(region).nullish(),
  enabled: z.boolean().nullish(),
});
const notifications = z.object({
  email: z.array(z.string()).nullish(),
  slack: z.array(z.object({ channel: z.string(), url: z.string() })).nullish(),
});
const newAlert = z.object({
  name: nameText,
  type: z.enum(["latency", "down", "down_global", "ssl_expiry"]),
  threshold: z.number().int().nullish(),
  comparison: optionalText(["greater_than", "less_than"]),
  notifications,
  period: optionalText(["2m", "3m", "5m", "10m", "15m", "30m", "1h"]),
});

type WantedAlert = Partial<z.infer<typeof newAlert>>;
const given = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined && part !== null),
  ) as Partial<T>;
const applyAlert = (
  alert: UptimeAlertRecord,
  { notifications: told, ...rest }: WantedAlert,
): void => {
  Object.assign(
    alert,
    given(rest),
    told ? { notifications: { email: told.email ?? [], slack: told.slack ?? [] } } : {},
  );
};

const alertView = ({
  id,
  name,
  type,
  threshold,
  comparison,
  period,
  notifications: told,
}: UptimeAlertRecord): Record<string, unknown> => ({
  id,
  name,
  type,
  ...given({ threshold, comparison, period }),
  notifications: told,
});
const stateView = (
  cloud: Cloud,
  { regions, state }: UptimeCheckRecord,
): Record<string, unknown> => {
  const region = state
    ? {
        status: state.status,
        status_changed_at: state.since,
        thirty_day_uptime_percentage: uptimePercentage(state),
      }
    : { status: "CHECKING", status_changed_at: timestamp(cloud), thirty_day_uptime_percentage: 0 };
  const last = state?.outage;
  const seconds = last
    ? Math.round((Date.parse(last.ended_at) - Date.parse(last.started_at)) / 1000)
    : 0;
  return {
    regions: Object.fromEntries(regions.map((name) => [name, region])),
    previous_outage: {
      region: last ? (regions[0] ?? "") : "",
      started_at: last?.started_at ?? "",
      ended_at: last?.ended_at ?? "",
      duration_seconds: seconds,
    },
  };
};
const view = ({
  id,
  name,
  type,
  target,
  regions,
  enabled,
}: UptimeCheckRecord): Record<string, unknown> => ({
  id,
  name,
  type,
  target,
  regions,
  enabled,
});
const asked = (cloud: Cloud, c: Context<ApiEnv>): UptimeCheckRecord => {
  const check = cloud.state.uptimeChecks.find((one) => one.id === pathParameter(c, "id"));
  if (!check) throw notFound();
  return check;
};
const askedAlert = (
  cloud: Cloud,
  c: Context<ApiEnv>,
): { check: UptimeCheckRecord; alert: UptimeAlertRecord } => {
  const check = asked(cloud, c);
  const alert = check.alerts.find((one) => one.id === pathParameter(c, "alert"));
  if (!alert) throw notFound();
  return { check, alert };
};

const alertRoutes = (cloud: Cloud, api: Api): void => {
  api.get("/uptime/checks/:id/alerts", (c) =>
    c.json(page(c, "alerts", asked(cloud, c).alerts.map(alertView))),
  );
  api.post("/uptime/checks/:id/alerts", async (c) => {
    const wanted = await body(c, newAlert);
    const alert: UptimeAlertRecord = {
      id: randomUUID(),
      name: wanted.name,
      type: wanted.type,
      notifications: { email: [], slack: [] },
    };
    applyAlert(alert, wanted);
    asked(cloud, c).alerts.push(alert);
    return c.json({ alert: alertView(alert) }, 201);
  });
  api.get("/uptime/checks/:id/alerts/:alert", (c) =>
    c.json({ alert: alertView(askedAlert(cloud, c).alert) }),
  );
  api.put("/uptime/checks/:id/alerts/:alert", async (c) => {
    const wanted = await body(c, newAlert.partial());
    const { alert } = askedAlert(cloud, c);
    // Another rule begins anew.
    delete alert.held_since;
    delete alert.triggered;
    applyAlert(alert, wanted);
    return c.json({ alert: alertView(alert) });
  });
  api.delete("/uptime/checks/:id/alerts/:alert", (c) => {
    const { check, alert } = askedAlert(cloud, c);
    check.alerts = check.alerts.filter((one) => one !== alert);
    return c.body(null, 204);
  });
};

/** Probed from outside the firewalls by watch/uptime-round.ts; without machines there is nothing to ask, and their state stays "CHECKING". */
export const uptimeRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  api.get("/uptime/checks", (c) => c.json(page(c, "checks", state.uptimeChecks.map(view))));
  api.post("/uptime/checks", async (c) => {
    const wanted = await body(c, newCheck);
    if (!isPage(wanted.type, wanted.target)) throw unprocessable("target: must be a URL");
    const check: UptimeCheckRecord = {
      id: randomUUID(),
      name: wanted.name,
      type: wanted.type,
      target: wanted.target,
      regions: wanted.regions ?? ["us_east", "us_west", "eu_west", "se_asia"],
      enabled: wanted.enabled ?? true,
      alerts: [],
    };
    state.uptimeChecks.push(check);
    return c.json({ check: view(check) }, 201);
  });
  api.get("/uptime/checks/:id", (c) => c.json({ check: view(asked(cloud, c)) }));
  api.put("/uptime/checks/:id", async (c) => {
    const wanted = await body(c, newCheck.partial());
    const check = asked(cloud, c);
    if (!isPage(wanted.type ?? check.type, wanted.target ?? check.target))
      throw unprocessable("target: must be a URL");
    // What was seen of another target says nothing of this one.
    if (
      (wanted.target ?? check.target) !== check.target ||
      (wanted.type ?? check.type) !== check.type
    )
      delete check.state;
    Object.assign(check, given(wanted));
    return c.json({ check: view(check) });
  });
  api.delete("/uptime/checks/:id", (c) => {
    const check = asked(cloud, c);
    state.uptimeChecks = state.uptimeChecks.filter((one) => one !== check);
    return c.body(null, 204);
  });
  api.get("/uptime/checks/:id/state", (c) => c.json({ state: stateView(cloud, asked(cloud, c)) }));
  alertRoutes(cloud, api);
  return api;
};
