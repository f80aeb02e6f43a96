import { instant, span } from "../alerts/words";
import { html, Html } from "./html";
import { layout } from "./layout";
import type { Condition, IncidentStatus, ServiceStatus, Status } from "./status";

export const marks: Readonly<Record<Condition, string>> = { up: "✓", down: "✕", failing: "!", held: "✕", unknown: "…" };
export const words: Readonly<Record<Condition, string>> = { up: "up", down: "down", failing: "failing", held: "not reachable", unknown: "not asked yet" };

const serviceRow = (service: ServiceStatus): Html => html`<li class="row ${service.condition}">
  <span class="mark" aria-hidden="true">${marks[service.condition]}</span>
  <a class="name" href="${service.url}">${service.name}</a>
  <span class="word">${words[service.condition]}</span>
  <span class="ms">${service.ms === undefined ? "" : `${Math.round(service.ms)} ms`}</span>
  ${service.error === undefined ? "" : html`<span class="error">${service.error}</span>`}
</li>`;

function headline(status: Status): readonly [Condition, string] {
  if (status.offlineSince !== undefined) return ["unknown", "The watcher itself has no network; what is shown is of before"];
  const down = status.services.filter(({ condition }) => condition !== "up" && condition !== "unknown").length;
  if (status.incidents.length > 0) return ["down", down === 0 ? "There is a problem" : `${down} of ${status.services.length} services are not well`];
  if (down > 0) return ["failing", "Something failed just now; being confirmed"];
  return status.checks.some(({ condition }) => condition === "unknown") ? ["unknown", "Just started; first answers are coming in"] : ["up", "All services are up"];
}

const incidentRow = (incident: IncidentStatus, now: number): Html => html`<li><a href="/incident/${incident.id}"><b>${incident.name}</b></a> has been down for ${span(now - Date.parse(incident.opened))}, since ${
  instant(Date.parse(incident.opened))}: ${incident.error}${incident.above.length === 0 ? "" : ` (with it: ${incident.above.join(", ")})`}${incident.acknowledged === undefined ? "" : ". Someone is on it."}</li>`;

export function statusPage(status: Status): Html {
  const [condition, text] = headline(status);
  const now = Date.parse(status.at);
  const windows = status.maintenance.map(({ title, services, to }) => html`<p class="window">Maintenance: ${title}${services === undefined ? "" : ` (${services.join(", ")})`}, until ${instant(Date.parse(to))}</p>`);
  const storage = status.storage.ok ? "" : ` History is not being written: ${status.storage.error ?? ""}.`;
  return layout(status.fleet, `${marks[condition]} Status`, html`<h1>${status.fleet}</h1>
<p class="headline ${condition}"><span aria-hidden="true">${marks[condition]}</span> ${text}</p>${windows}
${status.incidents.length === 0 ? "" : html`<section><h2>Now</h2><ul class="incidents">${status.incidents.map((incident) => incidentRow(incident, now))}</ul></section>`}
<section><h2>Services</h2><ul class="rows">${status.services.map(serviceRow)}</ul></section>
<footer>As of ${instant(now)}. Watched since ${instant(Date.parse(status.startedAt))}.${storage} <a href="/api/status">JSON</a></footer>`, html`<meta http-equiv="refresh" content="30">`);
}
