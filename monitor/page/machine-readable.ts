import type { Incident } from "../alerts/incident";
import { instant, span } from "../alerts/words";
import { uptime } from "../store/history";
import type { Records } from "../view/records";
import { mainCheck, type Status, status } from "../view/status";
import { baseUrl, type View } from "../view/view";
import { html } from "./html";
import { words } from "./page";
import { Refusal, type Reply } from "./reply";
import { badge, percent } from "./svg";

const svg = (body: string): Reply => ({ status: 200, type: "image/svg+xml", body });
const colours = {
  up: "#1b7f3b",
  down: "#b3261e",
  failing: "#8a5a00",
  held: "#b3261e",
  unknown: "#5b6470",
} as const;

const colourOf = (share: number | undefined): string => {
  if (share === undefined) return colours.unknown;
  if (share >= 0.999) return colours.up;
  return share >= 0.95 ? colours.failing : colours.down;
};

/** GET /badge/NAME.svg: its state; GET /badge/NAME-uptime.svg: its share of the last 90 days. */
export const badges = async (view: View, records: Records, url: URL): Promise<Reply> => {
  const [, name, kind] = /^\/badge\/([\w.-]+?)(-uptime)?\.svg$/.exec(url.pathname) ?? [];
  const service = status(view).services.find((one) => one.name === name);
  if (service === undefined) throw new Refusal(404, `there is no badge ${url.pathname}`);
  if (kind === undefined)
    return svg(badge(service.name, words[service.condition], colours[service.condition]));
  const share = uptime((await records.days()).get(mainCheck(service)) ?? []);
  return svg(
    badge(service.name, share === undefined ? "no data" : percent(share), colourOf(share)),
  );
};

const entry = (
  base: string,
  incident: Incident,
) => html`<entry><id>tag:${new URL(base).hostname},2026:incident-${incident.id}</id><title>${incident.name} ${incident.closed === undefined ? "is down" : `was down for ${span(incident.closed - incident.opened)}`}</title>
<link href="${base}incident/${incident.id}"/><published>${new Date(incident.opened).toISOString()}</published><updated>${new Date(incident.closed ?? incident.opened).toISOString()}</updated>
<content type="text">Since ${instant(incident.opened)}: ${incident.error}${incident.closed === undefined ? "" : `. Resolved ${instant(incident.closed)}`}</content></entry>`;

/** GET /feed.xml: incidents as Atom. */
export const feed = async (view: View, records: Records): Promise<Reply> => {
  const incidents = await records.incidents(50);
  const { fleet } = view.config();
  const base = baseUrl(view.config());
  const updated = new Date(
    Math.max(view.startedAt, ...incidents.map(({ opened, closed }) => closed ?? opened)),
  ).toISOString();
  const body = html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:${new URL(base).hostname},2026:incidents</id><title>${fleet} incidents</title><updated>${updated}</updated><link rel="self" href="${base}feed.xml"/><link href="${base}"/><author><name>${fleet}</name></author>
${incidents.map((incident) => entry(base, incident))}</feed>`.text;
  return { status: 200, type: "application/atom+xml; charset=utf-8", body };
};

const label = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

type Labelled = readonly [labels: string, value: number | undefined];

/** One family: its help and type, then its samples; what has no value is left out. */
const family = (
  name: string,
  help: string,
  type: "gauge" | "counter",
  values: readonly Labelled[],
): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...values
    .filter(([, value]) => value !== undefined)
    .map(([labels, value]) => `${name}${labels} ${value}`),
];

const ofChecks = ({ checks }: Status): string[] => {
  const each = (value: (check: Status["checks"][number]) => number | undefined): Labelled[] =>
    checks.map((check) => [
      `{check="${label(check.id)}",service="${label(check.service ?? "")}",kind="${check.kind}"}`,
      value(check),
    ]);
  return [
    ...family(
      "observatory_up",
      "1 while the check passes.",
      "gauge",
      each(({ condition }) => (condition === "unknown" ? undefined : Number(condition === "up"))),
    ),
    ...family(
      "observatory_alert",
      "1 while an alert of its own is open.",
      "gauge",
      each(({ incident }) => Number(incident !== undefined)),
    ),
    ...family(
      "observatory_latency_seconds",
      "Duration of the last run.",
      "gauge",
      each(({ ms }) => (ms === undefined ? undefined : ms / 1000)),
    ),
    ...family(
      "observatory_runs_total",
      "Runs since the start.",
      "counter",
      each(({ runs }) => runs),
    ),
  ];
};

const ofTheMonitor = ({ storage, outbox, load }: Status): string[] => {
  const gauge = (name: string, help: string, value: number): string[] =>
    family(name, help, "gauge", [["", value]]);
  const counter = (name: string, help: string, value: number): string[] =>
    family(name, help, "counter", [["", value]]);
  return [
    ...gauge("observatory_storage_ok", "1 while history is written.", Number(storage.ok)),
    ...gauge("observatory_outbox", "Messages that have not left yet.", outbox),
    ...gauge(
      "observatory_late_seconds",
      "How late the check is that waits longest for its turn.",
      load.lateSeconds,
    ),
    ...gauge("observatory_waiting", "Checks that are due and have not begun.", load.waiting),
    ...counter(
      "observatory_skipped_total",
      "Turns left out, as the one before had not begun or ended.",
      load.skipped,
    ),
    ...gauge(
      "observatory_held_up_seconds",
      "Of the last minute, in which the monitor itself could not run.",
      load.heldUpSeconds,
    ),
    ...counter(
      "observatory_uncounted_total",
      "Failures not counted, as the monitor itself was held up.",
      load.uncounted,
    ),
    ...gauge("observatory_resident_bytes", "Memory of the monitor.", process.memoryUsage.rss()),
  ];
};

/** GET /metrics: Prometheus text format. */
export const metrics = (view: View): Reply => {
  const now = status(view);
  return {
    status: 200,
    type: "text/plain; version=0.0.4; charset=utf-8",
    body: `${[...ofChecks(now), ...ofTheMonitor(now)].join("\n")}\n`,
  };
};
