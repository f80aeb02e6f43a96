import type { IncomingMessage } from "node:http";

import type { Action } from "../actions/actions";
import { reason } from "../adapters/log";
import { instant } from "../alerts/words";
import { type CheckStatus, type IncidentStatus, status, type Status } from "../view/status";
import type { View } from "../view/view";
import { html, type Html } from "./html";
import { layout } from "./layout";
import { marks, words } from "./page";
import { page, readBody, Refusal, type Reply } from "./reply";
import { controlRequest } from "./requests";
import type { Site } from "./site";

const checkRow = (check: CheckStatus): Html =>
  html`<tr class="${check.condition}"><td><span class="mark">${marks[check.condition]}</span> ${check.id}</td><td>${words[check.condition]}</td><td>${check.layer === check.machine ? check.layer : `${check.layer}, ${check.machine}`}</td><td>${check.kind}</td><td>${
    check.ms === undefined ? "" : `${Math.round(check.ms)}\u00a0ms`
  }</td><td>${check.error ?? check.detail ?? ""}${check.heldBy === undefined ? "" : ` (behind ${check.heldBy})`}</td></tr>`;

const button = (fields: Readonly<Record<string, string | number>>, text: string): Html =>
  html`<form method="post">${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button>${text}</button></form>`;

const incidentRow = (incident: IncidentStatus): Html => {
  const { id, name, error, opened, acknowledged, snoozedUntil } = incident;
  const snoozed =
    snoozedUntil === undefined ? "" : ` (snoozed until ${instant(Date.parse(snoozedUntil))})`;
  return html`<li><a href="/incident/${id}">#${id} ${name}</a> since ${instant(Date.parse(opened))}: ${error}${acknowledged === undefined ? "" : " (acknowledged)"}${snoozed}<div class="buttons">${button({ action: "acknowledge", incident: id }, "Acknowledge")}${button({ action: "snooze", incident: id, minutes: 60 }, "Snooze 1 h")}</div></li>`;
};

const waitingRow = ({ message, attempts, error }: ReturnType<View["waiting"]>[number]): Html =>
  html`<li>${message.subject} (${attempts === 1 ? "1 try" : `${attempts} tries`}${error === undefined ? "" : `; ${error}`})</li>`;

const incidentSection = ({ incidents }: Status): Html =>
  html`<section><h2>Open incidents</h2>${incidents.length === 0 ? html`<p class="soft">None.</p>` : html`<ul class="incidents">${incidents.map(incidentRow)}</ul>`}</section>`;

const maintenanceSection = ({
  maintenance,
  announced: { windows, minutes },
}: Status): Html => html`<section><h2>Maintenance</h2>${windows === 0 ? "" : html`<p class="soft">Announced by the primary itself in the last 24 hours: ${windows}, ${minutes} minutes in all.</p>`}${maintenance.map(({ title, to }) => html`<div class="window">${title}, until ${instant(Date.parse(to))} ${button({ action: "end-maintenance", title }, "End")}</div>`)}
<form method="post" class="line"><input type="hidden" name="action" value="maintenance"><label>Title <input name="title" required maxlength="80"></label> <label>Minutes <input name="minutes" type="number" min="1" max="10080" value="30"></label> <button>Begin</button></form></section>`;

const checkSection = ({ checks }: Status): Html =>
  html`<section><h2>Checks</h2><div class="wide" role="region" aria-label="Checks" tabindex="0"><table><thead><tr><th scope="col">Check</th><th scope="col">State</th><th scope="col">Layer</th><th scope="col">Kind</th><th scope="col">Time</th><th scope="col">What it says</th></tr></thead><tbody>${checks.map(checkRow)}</tbody></table></div></section>`;

const outboxSection = (waiting: ReturnType<View["waiting"]>): Html =>
  html`<section><h2>Outbox</h2>${waiting.length === 0 ? html`<p class="soft">Everything has left.</p>` : html`<ul>${waiting.map(waitingRow)}</ul>`}</section>`;

const operatorPage = (view: View, user: string, done: string | undefined): Html => {
  const now = status(view);
  return layout(
    now.fleet,
    "Operator",
    html`<p><a href="/">&larr; Status</a> &middot; ${user}</p><h1>Operator</h1>${done === undefined ? "" : html`<p class="done">&#10003; ${done}</p>`}
${incidentSection(now)}
${maintenanceSection(now)}
${checkSection(now)}
${outboxSection(view.waiting())}
<footer>Storage: ${now.storage.ok ? "written" : (now.storage.error ?? "not written")}. Memory: ${Math.round(process.memoryUsage.rss() / 1048576)} MB. Started ${instant(Date.parse(now.startedAt))}.</footer>`,
  );
};

/** The form's fields as the rules of actions want them. */
const actionOf = (form: URLSearchParams, by: string): Action => {
  const request = controlRequest(
    {
      action: form.get("action"),
      incident: Number(form.get("incident")),
      minutes: Number(form.get("minutes")),
      title: form.get("title"),
      by,
    },
    [],
  );
  if (request.action === "report") throw new Refusal(400, "no such action");
  return request;
};

/**
 * Browsers say where a form was: by Sec-Fetch-Site, older ones by Origin alone. What says neither
 * is no browser, and has no login stored that someone else could use.
 */
const isOwn = ({ headers }: IncomingMessage): boolean => {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === headers.host);
};

/** GET and POST /operator. A POST has to come from this page: browsers say so. */
export const operator = async (
  { view, actions, login }: Site,
  request: IncomingMessage,
): Promise<Reply> => {
  let user: string;
  try {
    user = await login.check(request);
  } catch (error) {
    if (error instanceof Refusal && error.code === 401)
      return {
        ...page(html`log in`, 401),
        headers: { "www-authenticate": 'Basic realm="Observatory", charset="UTF-8"' },
      };
    throw error;
  }
  if (request.method !== "POST") return page(operatorPage(view, user, undefined));
  if (!isOwn(request)) throw new Refusal(403, "this form can only be sent from its own page");
  const action = actionOf(new URLSearchParams(await readBody(request)), user);
  try {
    return page(operatorPage(view, user, actions.act(action)));
  } catch (error) {
    throw new Refusal(409, reason(error));
  }
};
