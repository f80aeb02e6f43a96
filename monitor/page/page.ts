import { ROUTES } from "@second-server/contract/names";

import type { Incident } from "../alerts/incident";
import { instant, span } from "../alerts/words";
import { type Bucket, uptime } from "../store/history";
import {
  type Condition,
  type IncidentStatus,
  mainCheck,
  type ServiceStatus,
  type Status,
} from "../view/status";
import { html, type Html } from "./html";
import { layout } from "./layout";
import { bars, percent } from "./svg";

export const marks: Readonly<Record<Condition, string>> = {
  up: "✓",
  down: "✕",
  failing: "!",
  held: "✕",
  unknown: "…",
};
export const words: Readonly<Record<Condition, string>> = {
  up: "up",
  down: "down",
  failing: "failing",
  held: "not reachable",
  unknown: "not asked yet",
};

type Days = ReadonlyMap<string, readonly Bucket[]>;

const serviceRow = (service: ServiceStatus, days: Days, now: number): Html => {
  const buckets = days.get(mainCheck(service)) ?? [];
  const share = uptime(buckets);
  return html`<li class="row ${service.condition}">
  <span class="mark" aria-hidden="true">${marks[service.condition]}</span>
  <a class="name" href="/service/${encodeURIComponent(service.name)}">${service.name}</a>
  <span class="word">${words[service.condition]}</span>
  <span class="ms">${service.ms === undefined || service.condition !== "up" ? "" : `${Math.round(service.ms)} ms`}</span>
  ${bars(buckets, now, 90)}<span class="share">${share === undefined ? "" : percent(share)}</span>
  ${service.error === undefined ? "" : html`<span class="error">${service.error}</span>`}
</li>`;
};

export const headline = (status: Status): readonly [Condition, string] => {
  if (status.offlineSince !== undefined)
    return ["unknown", "The watcher itself has no network; what is shown is of before"];
  const down = status.services.filter(
    ({ condition }) => condition !== "up" && condition !== "unknown",
  ).length;
  if (status.incidents.length > 0)
    return [
      "down",
      down === 0
        ? "There is a problem"
        : `${down} of ${status.services.length} services ${down === 1 ? "is" : "are"} not well`,
    ];
  if (down > 0) return ["failing", "Something failed just now; being confirmed"];
  return status.checks.some(({ condition }) => condition === "unknown")
    ? ["unknown", "Just started; first answers are coming in"]
    : ["up", "All services are up"];
};

const incidentRow = (incident: IncidentStatus, now: number): Html =>
  html`<li><a href="/incident/${incident.id}"><b>${incident.name}</b></a> has been down for ${span(now - Date.parse(incident.opened))}, since ${instant(
    Date.parse(incident.opened),
  )}: ${incident.error}${incident.above.length === 0 ? "" : ` (with it: ${incident.above.join(", ")})`}${incident.acknowledged === undefined ? "" : " (acknowledged: someone is on it)"}</li>`;

const pastRow = (incident: Incident, now: number): Html =>
  html`<li><time datetime="${new Date(incident.opened).toISOString()}">${instant(incident.opened)}</time> <a href="/incident/${incident.id}">${incident.name}</a> ${
    incident.closed === undefined
      ? `down for ${span(now - incident.opened)} so far`
      : `was down for ${span(incident.closed - incident.opened)}`
  }${incident.above.length === 0 ? "" : `, with it ${incident.above.join(", ")}`}: ${incident.error}</li>`;

/** Long names may break after a slash or a dot, and nowhere else. */
const breakable = (name: string): Html[] =>
  name.split(/(?<=[/.])/).map((part) => html`${part}<wbr>`);

/**
 * What stands below and beside the services. What a healthy one says (versions, loads) is for the
 * operator's view.
 */
const otherRow = ({ id, condition, error }: Status["checks"][number]): Html =>
  html`<li class="row other ${condition}"><span class="mark" aria-hidden="true">${marks[condition]}</span><span class="name">${breakable(id)}</span><span class="word">${words[condition]}</span>${error === undefined ? "" : html`<span class="error">${error}</span>`}</li>`;

/** What has been; `trouble`: what could not be read of it. */
/** Where the list can't be read, it is not said that there is nothing in it. */
const noneSoFar = (trouble: string | undefined): Html =>
  trouble === undefined ? html`<p class="soft">None so far.</p>` : html``;

export const pastSection = (
  past: readonly Incident[],
  now: number,
  trouble: string | undefined,
): Html =>
  html`${trouble === undefined ? "" : html`<p class="window">${trouble}</p>`}${
    past.length > 0
      ? html`<ol class="timeline">${past.map((incident) => pastRow(incident, now))}</ol>`
      : noneSoFar(trouble)
  }`;

export const statusPage = (
  status: Status,
  days: Days,
  past: readonly Incident[],
  trouble?: string,
): Html => {
  const [condition, text] = headline(status);
  const now = Date.parse(status.at);
  const windows = status.maintenance.map(
    ({ title, services, to }) =>
      html`<p class="window">Maintenance: ${title}${services === undefined ? "" : ` (${services.join(", ")})`}, until ${instant(Date.parse(to))}</p>`,
  );
  const standIn =
    status.failover?.active === "watcher"
      ? html`<p class="window">The watcher serves copies in the primary's place${status.failover.since === undefined ? "" : `, since ${instant(Date.parse(status.failover.since))}`}. Nothing that visitors send is taken.</p>`
      : "";
  const load = status.load.keepsUp
    ? ""
    : ` The monitor can't keep up: checks begin ${status.load.lateSeconds} s late.`;
  const storage = status.storage.ok
    ? ""
    : ` History is not being written: ${status.storage.error ?? ""}.`;
  const others = status.checks.filter(
    ({ id, service }) => service === undefined && !status.services.some(({ name }) => name === id),
  );
  return layout(
    status.fleet,
    `${marks[condition]} Status`,
    html`<h1>${status.fleet}</h1>
<p class="headline ${condition}"><span aria-hidden="true">${marks[condition]}</span> ${text}</p>${standIn}${windows}
${status.incidents.length === 0 ? "" : html`<section><h2>Now</h2><ul class="incidents">${status.incidents.map((incident) => incidentRow(incident, now))}</ul></section>`}
<section><h2>Services, the last 90 days</h2><p class="soft">One bar a day, today on the right. Low: all well. Higher: some checks failed. Highest: more than 5 % failed. A dot: nothing recorded.</p><ul class="rows">${status.services.map((service) => serviceRow(service, days, now))}</ul></section>
${others.length === 0 ? "" : html`<section><h2>What they stand on</h2><ul class="rows">${others.map(otherRow)}</ul></section>`}
<section><h2>Incidents</h2>${pastSection(past, now, trouble)}${past.length === 0 ? "" : html`<p><a href="/incidents">All incidents</a></p>`}</section>
<footer>As of ${instant(now)}. Watched since ${instant(Date.parse(status.startedAt))}.${storage}${load} <a href="/feed.xml">Feed</a> &middot; <a href="${ROUTES.status}">JSON</a></footer>`,
    html`<noscript><meta http-equiv="refresh" content="60"></noscript><script src="/assets/fresh.js" defer></script><link rel="alternate" type="application/atom+xml" title="${status.fleet} incidents" href="/feed.xml">`,
  );
};

export const incidentsPage = (
  fleet: string,
  past: readonly Incident[],
  now: number,
  trouble: string | undefined,
): Html =>
  layout(
    fleet,
    "Incidents",
    html`<p><a href="/">&larr; Status</a></p><h1>Incidents</h1>
${pastSection(past, now, trouble)}`,
  );
