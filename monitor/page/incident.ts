import type { IncomingMessage } from "node:http";

import { reason } from "../adapters/log";
import type { Incident } from "../alerts/incident";
import { instant, span } from "../alerts/words";
import type { Records, TimelineEvent } from "../view/records";
import type { View } from "../view/view";
import { html, type Html } from "./html";
import { layout } from "./layout";
import { mayAct } from "./links";
import { marks } from "./page";
import { page, readBody, Refusal, type Reply } from "./reply";
import type { Site } from "./site";

const phrases: Readonly<Record<string, string>> = {
  opened: "Failed",
  with: "Not reachable with it:",
  resolved: "Resolved",
  acknowledged: "Acknowledged by",
  snoozed: "Snoozed",
  reminded: "Reminded",
  quiet: "Nobody was told:",
  told: "Told",
  worse: "Became worse:",
};

const find = async (view: View, records: Records, id: number): Promise<Incident> => {
  const found = view.alerts().open.get(id) ?? (await records.incident(id));
  if (found === undefined)
    throw new Refusal(
      404,
      `there is no incident ${id}${records.trouble() === undefined ? "" : `, or it is damaged: ${records.trouble()}`}`,
    );
  return found;
};

const actionForm = (
  query: string,
): Html => html`<section><h2>What to do with it</h2><form method="post" action="?${query}" class="actions">
<button name="do" value="acknowledge">Acknowledge</button> <button name="do" value="60">Snooze 1 hour</button> <button name="do" value="480">Snooze 8 hours</button></form>
<p class="soft">Acknowledged: no more reminders; the all-clear still comes.</p></section>`;

const incidentPage = (
  view: View,
  incident: Incident,
  events: readonly TimelineEvent[],
  extra: Html,
): Html => {
  const end = incident.closed ?? view.now();
  const steps = events.map(
    (event) =>
      html`<li><time datetime="${new Date(event.at).toISOString()}">${instant(event.at)}</time> ${phrases[event.kind] ?? event.kind} ${event.text}</li>`,
  );
  const lead =
    incident.closed === undefined
      ? `${incident.name} has been down for ${span(end - incident.opened)}`
      : `${incident.name} was down for ${span(end - incident.opened)}`;
  return layout(
    view.config().fleet,
    lead,
    html`<p><a href="/">&larr; Status</a></p><h1 class="headline ${incident.closed === undefined ? "down" : "up"}"><span aria-hidden="true">${marks[incident.closed === undefined ? "down" : "up"]}</span> ${lead}</h1>
<p>Since ${instant(incident.opened)}: ${incident.error}</p>${incident.above.length === 0 ? "" : html`<p>Not reachable with it: ${incident.above.join(", ")}</p>`}
${extra}<section><h2>Timeline</h2><ol class="timeline">${steps}</ol></section>`,
  );
};

/**
 * Does what the form asks for. @returns what to say, and whether it was done. @throws Refusal when
 * the link does not allow it.
 */
const act = async (
  { actions, written }: Site,
  id: number,
  request: IncomingMessage,
  isAllowed: boolean,
): Promise<{ readonly code: number; readonly said: Html }> => {
  if (!isAllowed)
    throw new Refusal(
      403,
      "this link does not allow it, or is older than two weeks; use a newer mail or the CLI",
    );
  const choice = new URLSearchParams(await readBody(request)).get("do") ?? "";
  const asked = { incident: id, by: "the link in a mail" };
  try {
    const done = actions.act(
      choice === "acknowledge"
        ? { action: "acknowledge", ...asked }
        : { action: "snooze", ...asked, minutes: Number(choice) },
    );
    return { code: 200, said: html`<p class="done">&#10003; ${done}</p>` };
  } catch (error) {
    return { code: 409, said: html`<p class="window">Nothing was done: ${reason(error)}</p>` };
  } finally {
    await written();
  }
};

/** GET shows; only POST changes something, since mail scanners follow links. */
export const incident = async (site: Site, request: IncomingMessage, url: URL): Promise<Reply> => {
  const { view, records, key } = site;
  const id = Number(url.pathname.slice("/incident/".length));
  if (!Number.isSafeInteger(id) || id < 1) throw new Refusal(404, "no such incident");
  const isAllowed = mayAct(key, id, url.searchParams, view.now());
  const { code, said } =
    request.method === "POST"
      ? await act(site, id, request, isAllowed)
      : { code: 200, said: html`` };
  const found = await find(view, records, id);
  const events = await records.timeline(id);
  const buttons =
    isAllowed && found.closed === undefined ? actionForm(url.searchParams.toString()) : html``;
  return page(incidentPage(view, found, events, html`${said}${buttons}`), code);
};
