import { instant, span } from "../alerts/words";
import { html, Html } from "./html";
import type { Condition, ServiceStatus, Status } from "./status";
import { style } from "./style";

const marks: Readonly<Record<Condition, string>> = { up: "✓", down: "✕", failing: "!", held: "?", unknown: "…" };
const words: Readonly<Record<Condition, string>> = { up: "up", down: "down", failing: "failing", held: "not reachable", unknown: "not asked yet" };

const serviceRow = (service: ServiceStatus): Html => html`<li class="row ${service.condition}">
  <span class="mark" aria-hidden="true">${marks[service.condition]}</span>
  <a class="name" href="${service.url}">${service.name}</a>
  <span class="word">${words[service.condition]}</span>
  <span class="ms">${service.ms === undefined ? "" : `${Math.round(service.ms)} ms`}</span>
  ${service.error === undefined ? "" : html`<span class="error">${service.error}</span>`}
</li>`;

function headline(status: Status): readonly [Condition, string] {
  const down = status.services.filter(({ condition }) => condition !== "up" && condition !== "unknown").length;
  if (status.incidents.length > 0) return ["down", down === 0 ? "There is a problem" : `${down} of ${status.services.length} services are not well`];
  if (down > 0) return ["failing", "Something failed just now; being confirmed"];
  return status.checks.some(({ condition }) => condition === "unknown") ? ["unknown", "Just started; first answers are coming in"] : ["up", "All services are up"];
}

export function statusPage(status: Status): string {
  const [condition, text] = headline(status);
  const now = Date.parse(status.at);
  const incidents = status.incidents.map((incident) => html`<li><b>${incident.name}</b> has been down for ${span(now - Date.parse(incident.opened))}, since ${instant(Date.parse(incident.opened))}: ${incident.error}${
    incident.above.length === 0 ? "" : ` (with it: ${incident.above.join(", ")})`}</li>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${condition === "up" ? "✓" : "✕"} ${status.fleet} status</title><meta http-equiv="refresh" content="30"><style>${new Html(style)}</style></head>
<body><main>
<h1>${status.fleet}</h1>
<p class="headline ${condition}"><span aria-hidden="true">${marks[condition]}</span> ${text}</p>
${incidents.length === 0 ? "" : html`<section><h2>Now</h2><ul class="incidents">${incidents}</ul></section>`}
<section><h2>Services</h2><ul class="rows">${status.services.map(serviceRow)}</ul></section>
<footer>As of ${instant(now)}. Watched since ${instant(Date.parse(status.startedAt))}. <a href="/api/status">JSON</a>${status.storage.ok ? "" : ` History is not being written: ${status.storage.error ?? ""}.`}</footer>
</main></body></html>`.text;
}
