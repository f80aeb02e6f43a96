import { randomUUID } from "node:crypto";

import type {
  Answer,
  Sparse,
  UptimeAlert,
  UptimeCheck,
  UptimeState,
} from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { UptimeAlertRecord, UptimeCheckRecord } from "../../records/monitoring";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { found, unprocessable } from "../errors";
import { page } from "../paging";
import { body, given, nameText, optionalText, pathParameter } from "../request";
import { asNew, uptimePercentage } from "./uptime-state";

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
const withChange = (
  alert: UptimeAlertRecord,
  { notifications: told, ...rest }: WantedAlert,
): UptimeAlertRecord => ({
  ...alert,
  ...given(rest),
  ...(told ? { notifications: { email: told.email ?? [], slack: told.slack ?? [] } } : {}),
});

/** What an alert of "down" has none of. */
type Limits = "threshold" | "comparison" | "period";

const alertView = ({
  id,
  name,
  type,
  threshold,
  comparison,
  period,
  notifications: told,
}: UptimeAlertRecord): Answer<UptimeAlert, Limits> & Sparse<Pick<UptimeAlert, Limits>> => ({
  id,
  name,
  type,
  ...given({ threshold, comparison, period }),
  notifications: told,
});
/** The document names two of the four regions. */
type RegionState = Answer<UptimeState>["regions"]["us_east"];

const stateView = (
  cloud: Cloud,
  { regions, state }: UptimeCheckRecord,
): Answer<UptimeState, "regions"> & {
  readonly regions: Readonly<Record<string, RegionState>>;
} => {
  const region: RegionState = state
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
}: UptimeCheckRecord): Answer<UptimeCheck> => ({
  id,
  name,
  type,
  target,
  regions,
  enabled,
});
const asked = ({ store }: Cloud, c: Context<ApiEnv>): UptimeCheckRecord =>
  found(store.uptimeChecks.get(pathParameter(c, "id")));
const askedAlert = (
  cloud: Cloud,
  c: Context<ApiEnv>,
): { check: UptimeCheckRecord; alert: UptimeAlertRecord } => {
  const check = asked(cloud, c);
  return { check, alert: found(check.alerts.find((one) => one.id === pathParameter(c, "alert"))) };
};

const alertRoutes = (cloud: Cloud, api: Api): void => {
  const { uptimeChecks: checks } = cloud.store;
  api.get("/uptime/checks/:id/alerts", (c) =>
    c.json(page(c, "alerts", asked(cloud, c).alerts.map(alertView))),
  );
  api.post("/uptime/checks/:id/alerts", async (c) => {
    const wanted = await body(c, newAlert);
    const check = asked(cloud, c);
    const { name, type } = wanted;
    const blank = { id: randomUUID(), name, type, notifications: { email: [], slack: [] } };
    const alert = withChange(blank, wanted);
    checks.update(check, { alerts: [...check.alerts, alert] });
    return c.json({ alert: alertView(alert) }, 201);
  });
  api.get("/uptime/checks/:id/alerts/:alert", (c) =>
    c.json({ alert: alertView(askedAlert(cloud, c).alert) }),
  );
  api.put("/uptime/checks/:id/alerts/:alert", async (c) => {
    const wanted = await body(c, newAlert.partial());
    const { check, alert } = askedAlert(cloud, c);
    // Another rule begins anew.
    const changed = withChange(asNew(alert), wanted);
    checks.update(check, {
      alerts: check.alerts.map((one) => (one === alert ? changed : one)),
    });
    return c.json({ alert: alertView(changed) });
  });
  api.delete("/uptime/checks/:id/alerts/:alert", (c) => {
    const { check, alert } = askedAlert(cloud, c);
    checks.update(check, { alerts: check.alerts.filter((one) => one !== alert) });
    return c.body(null, 204);
  });
};

const addCheck = (cloud: Cloud, wanted: z.infer<typeof newCheck>): UptimeCheckRecord => {
  if (!isPage(wanted.type, wanted.target)) throw unprocessable("target: must be a URL");
  return cloud.store.uptimeChecks.insert({
    id: randomUUID(),
    name: wanted.name,
    type: wanted.type,
    target: wanted.target,
    regions: wanted.regions ?? ["us_east", "us_west", "eu_west", "se_asia"],
    enabled: wanted.enabled ?? true,
    alerts: [],
  });
};

const changeCheck = (
  cloud: Cloud,
  check: UptimeCheckRecord,
  wanted: Partial<z.infer<typeof newCheck>>,
): void => {
  const { type = check.type, target: to = check.target } = wanted;
  if (!isPage(type, to)) throw unprocessable("target: must be a URL");
  // What was seen of another target says nothing of this one.
  const isSame = to === check.target && type === check.type;
  cloud.store.uptimeChecks.update(check, {
    ...given(wanted),
    ...(isSame ? {} : { state: undefined }),
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { uptimeChecks: checks } = cloud.store;
  api.get("/uptime/checks", (c) => c.json(page(c, "checks", checks.all().map(view))));
  api.post("/uptime/checks", async (c) => {
    const check = addCheck(cloud, await body(c, newCheck));
    return c.json({ check: view(check) }, 201);
  });
  api.get("/uptime/checks/:id", (c) => c.json({ check: view(asked(cloud, c)) }));
  api.put("/uptime/checks/:id", async (c) => {
    const wanted = await body(c, newCheck.partial());
    const check = asked(cloud, c);
    changeCheck(cloud, check, wanted);
    return c.json({ check: view(check) });
  });
  api.delete("/uptime/checks/:id", (c) => {
    const check = asked(cloud, c);
    checks.remove((one) => one === check);
    return c.body(null, 204);
  });
  api.get("/uptime/checks/:id/state", (c) => c.json({ state: stateView(cloud, asked(cloud, c)) }));
  alertRoutes(cloud, api);
  return api;
};

/**
 * Probed from outside the firewalls by uptime-round.ts; without machines there is nothing to ask,
 * and their state stays "CHECKING".
 */
export const uptimeChecks: Resource = { routes };
