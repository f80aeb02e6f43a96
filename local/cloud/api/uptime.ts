import { randomUUID } from "node:crypto";
import { Hono, type Context } from "hono";
import { z } from "zod";
import type { UptimeAlertRecord, UptimeCheckRecord } from "../records";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { notFound } from "./errors";
import { page } from "./paging";
import { body, nameText, optionalText, pathParameter } from "./request";

const region = z.enum(["us_east", "us_west", "eu_west", "se_asia"]);
const target = z.string().min(1).max(2_048);
const newCheck = z.object({ name: nameText, type: z.enum(["ping", "http", "https"]), target, regions: z.array(region).nullish(), enabled: z.boolean().nullish() });
const notifications = z.object({ email: z.array(z.string()).nullish(), slack: z.array(z.object({ channel: z.string(), url: z.string() })).nullish() });
const newAlert = z.object({
  name: nameText, type: z.enum(["latency", "down", "down_global", "ssl_expiry"]), threshold: z.number().int().nullish(), comparison: optionalText(["greater_than", "less_than"]),
  notifications, period: optionalText(["2m", "3m", "5m", "10m", "15m", "30m", "1h"]),
});

type WantedAlert = Partial<z.infer<typeof newAlert>>;
const given = <T extends object>(value: T): Partial<T> => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && part !== null)) as Partial<T>;
const applyAlert = (alert: UptimeAlertRecord, { notifications: told, ...rest }: WantedAlert): void => {
  Object.assign(alert, given(rest), told ? { notifications: { email: told.email ?? [], slack: told.slack ?? [] } } : {});
};

const view = ({ id, name, type, target, regions, enabled }: UptimeCheckRecord): Record<string, unknown> => ({ id, name, type, target, regions, enabled });
const asked = (cloud: Cloud, c: Context<ApiEnv>): UptimeCheckRecord => {
  const check = cloud.state.uptimeChecks.find((one) => one.id === pathParameter(c, "id"));
  if (!check) throw notFound();
  return check;
};
const askedAlert = (cloud: Cloud, c: Context<ApiEnv>): { check: UptimeCheckRecord; alert: UptimeAlertRecord } => {
  const check = asked(cloud, c);
  const alert = check.alerts.find((one) => one.id === pathParameter(c, "alert"));
  if (!alert) throw notFound();
  return { check, alert };
};

const alertRoutes = (cloud: Cloud, api: Api): void => {
  api.get("/uptime/checks/:id/alerts", (c) => c.json(page(c, "alerts", asked(cloud, c).alerts)));
  api.post("/uptime/checks/:id/alerts", async (c) => {
    const wanted = await body(c, newAlert);
    const alert: UptimeAlertRecord = { id: randomUUID(), name: wanted.name, type: wanted.type, notifications: { email: [], slack: [] } };
    applyAlert(alert, wanted);
    asked(cloud, c).alerts.push(alert);
    return c.json({ alert }, 201);
  });
  api.get("/uptime/checks/:id/alerts/:alert", (c) => c.json({ alert: askedAlert(cloud, c).alert }));
  api.put("/uptime/checks/:id/alerts/:alert", async (c) => {
    const wanted = await body(c, newAlert.partial());
    const { alert } = askedAlert(cloud, c);
    applyAlert(alert, wanted);
    return c.json({ alert });
  });
  api.delete("/uptime/checks/:id/alerts/:alert", (c) => {
    const { check, alert } = askedAlert(cloud, c);
    check.alerts = check.alerts.filter((one) => one !== alert);
    return c.body(null, 204);
  });
};

/** Kept and shown; nobody asks the target, so its state stays "CHECKING": this fleet's own Observatory is what looks. */
export const uptimeRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  api.get("/uptime/checks", (c) => c.json(page(c, "checks", state.uptimeChecks.map(view))));
  api.post("/uptime/checks", async (c) => {
    const wanted = await body(c, newCheck);
    const check: UptimeCheckRecord = { id: randomUUID(), name: wanted.name, type: wanted.type, target: wanted.target, regions: wanted.regions ?? ["us_east", "us_west", "eu_west", "se_asia"], enabled: wanted.enabled ?? true, alerts: [] };
    state.uptimeChecks.push(check);
    return c.json({ check: view(check) }, 201);
  });
  api.get("/uptime/checks/:id", (c) => c.json({ check: view(asked(cloud, c)) }));
  api.put("/uptime/checks/:id", async (c) => {
    const wanted = await body(c, newCheck.partial());
    const check = asked(cloud, c);
    Object.assign(check, given(wanted));
    return c.json({ check: view(check) });
  });
  api.delete("/uptime/checks/:id", (c) => {
    const check = asked(cloud, c);
    state.uptimeChecks = state.uptimeChecks.filter((one) => one !== check);
    return c.body(null, 204);
  });
  api.get("/uptime/checks/:id/state", (c) => {
    const since = timestamp(cloud);
    const regions = Object.fromEntries(asked(cloud, c).regions.map((name) => [name, { status: "CHECKING", status_changed_at: since, thirty_day_uptime_percentage: 0 }]));
    return c.json({ state: { regions, previous_outage: { region: "", started_at: "", ended_at: "", duration_seconds: 0 } } });
  });
  alertRoutes(cloud, api);
  return api;
};
