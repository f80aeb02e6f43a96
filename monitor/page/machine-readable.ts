import type { Incident } from "../alerts/incident";
import { instant, span } from "../alerts/words";
import { uptime } from "../store/history";
import type { Records } from "../view/records";
import { mainCheck, status } from "../view/status";
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

/** GET /badge/NAME.svg: its state; GET /badge/NAME-uptime.svg: its share of the last 90 days. */
export const badges = async (view: View, records: Records, url: URL): Promise<Reply> => {
  const [, name, kind] = /^\/badge\/([\w.-]+?)(-uptime)?\.svg$/.exec(url.pathname) ?? [];
  const service = status(view).services.find((one) => one.name === name);
  if (service === undefined) throw new Refusal(404, `there is no badge ${url.pathname}`);
  if (kind === undefined)
    return svg(badge(service.name, words[service.condition], colours[service.condition]));
  const share = uptime((await records.days()).get(mainCheck(service)) ?? []);
  return svg(
    badge(
      service.name,
      share === undefined ? "no data" : percent(share),
      share === undefined
        ? colours.unknown
        : share >= 0.999
          ? colours.up
          : share >= 0.95
            ? colours.failing
            : colours.down,
    ),
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

/** GET /metrics: Prometheus text format. */
export const metrics = (view: View): Reply => {
  const { checks, storage, outbox, load } = status(view);
  const rows = (
    name: string,
    help: string,
    type: string,
    values: readonly (readonly [string, number | undefined])[],
  ): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...values
      .filter(([, value]) => value !== undefined)
      .map(([labels, value]) => `${name}${labels} ${value}`),
  ];
  const each = (
    value: (check: (typeof checks)[number]) => number | undefined,
  ): (readonly [string, number | undefined])[] =>
    checks.map(
      (check) =>
        [
          `{check="${label(check.id)}",service="${label(check.service ?? "")}",kind="${check.kind}"}`,
          value(check),
        ] as const,
    );
  const lines = [
    ...rows(
      "observatory_up",
      "1 while the check passes.",
      "gauge",
      each(({ condition }) => (condition === "unknown" ? undefined : Number(condition === "up"))),
    ),
    ...rows(
      "observatory_alert",
      "1 while an alert of its own is open.",
      "gauge",
      each(({ incident }) => Number(incident !== undefined)),
    ),
    ...rows(
      "observatory_latency_seconds",
      "Duration of the last run.",
      "gauge",
      each(({ ms }) => (ms === undefined ? undefined : ms / 1000)),
    ),
    ...rows(
      "observatory_runs_total",
      "Runs since the start.",
      "counter",
      each(({ runs }) => runs),
    ),
    ...rows("observatory_storage_ok", "1 while history is written.", "gauge", [
      ["", Number(storage.ok)],
    ]),
    ...rows("observatory_outbox", "Messages that have not left yet.", "gauge", [["", outbox]]),
    ...rows(
      "observatory_late_seconds",
      "How late the check is that waits longest for its turn.",
      "gauge",
      [["", load.lateSeconds]],
    ),
    ...rows("observatory_waiting", "Checks that are due and have not begun.", "gauge", [
      ["", load.waiting],
    ]),
    ...rows(
      "observatory_skipped_total",
      "Turns left out, as the one before had not begun or ended.",
      "counter",
      [["", load.skipped]],
    ),
    ...rows(
      "observatory_held_up_seconds",
      "Of the last minute, in which the monitor itself could not run.",
      "gauge",
      [["", load.heldUpSeconds]],
    ),
    ...rows(
      "observatory_uncounted_total",
      "Failures not counted, as the monitor itself was held up.",
      "counter",
      [["", load.uncounted]],
    ),
    ...rows("observatory_resident_bytes", "Memory of the monitor.", "gauge", [
      ["", process.memoryUsage.rss()],
    ]),
  ];
  return {
    status: 200,
    type: "text/plain; version=0.0.4; charset=utf-8",
    body: `${lines.join("\n")}\n`,
  };
};
