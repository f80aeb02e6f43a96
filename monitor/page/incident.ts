import type { IncomingMessage } from "node:http";

import type { Incident } from "../alerts/incident";
import { instant, span } from "../alerts/words";
import type { Assembly } from "../assembly";
import { act } from "./actions";
import { html, type Html } from "./html";
import { layout } from "./layout";
import { mayAct } from "./links";
import { marks } from "./page";
import type { Records, TimelineEvent } from "./records";
import { page, readBody, Refusal, type Reply } from "./reply";

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

const find = async (assembly: Assembly, records: Records, id: number): Promise<Incident> => {
  const found = assembly.alerts.state().open.get(id) ?? (await records.incident(id));
  if (found === undefined)
    throw new Refusal(
      404,
      `there is no incident ${id}${records.trouble() === undefined ? "" : `, or it is damaged: ${records.trouble()}`}`,
    );
  return found;
};

const actions = (
  query: string,
): Html => html`<section><h2>What to do with it</h2><form method="post" action="?${query}" class="actions">
<button name="do" value="acknowledge">Acknowledge</button> <button name="do" value="60">Snooze 1 hour</button> <button name="do" value="480">Snooze 8 hours</button></form>
<p class="soft">Acknowledged: no more reminders; the all-clear still comes.</p></section>`;

const incidentPage = (
  assembly: Assembly,
  incident: Incident,
  events: readonly TimelineEvent[],
  extra: Html,
): Html => {
  const end = incident.closed ?? assembly.clock.now();
  const steps = events.map(
    (event) =>
      html`<li><time datetime="${new Date(event.at).toISOString()}">${instant(event.at)}</time> ${phrases[event.kind] ?? event.kind} ${event.text}</li>`,
  );
  const lead =
    incident.closed === undefined
      ? `${incident.name} has been down for ${span(end - incident.opened)}`
      : `${incident.name} was down for ${span(end - incident.opened)}`;
  return layout(
    assembly.config.fleet,
    lead,
    html`<p><a href="/">&larr; Status</a></p><h1 class="headline ${incident.closed === undefined ? "down" : "up"}"><span aria-hidden="true">${marks[incident.closed === undefined ? "down" : "up"]}</span> ${lead}</h1>
<p>Since ${instant(incident.opened)}: ${incident.error}</p>${incident.above.length === 0 ? "" : html`<p>Not reachable with it: ${incident.above.join(", ")}</p>`}
${extra}<section><h2>Timeline</h2><ol class="timeline">${steps}</ol></section>`,
  );
};

/** GET shows; only POST changes something, since mail scanners follow links. */
export const incident = async (
  assembly: Assembly,
  records: Records,
  request: IncomingMessage,
  url: URL,
): Promise<Reply> => {
  const id = Number(url.pathname.slice("/incident/".length));
  if (!Number.isSafeInteger(id) || id < 1) throw new Refusal(404, "no such incident");
  const allowed = mayAct(assembly.key, id, url.searchParams, assembly.clock.now());
  let done: Html | undefined;
  let code = 200;
  if (request.method === "POST") {
    if (!allowed)
      throw new Refusal(
        403,
        "this link does not allow it, or is older than two weeks; use a newer mail or the CLI",
      );
    const choice = new URLSearchParams(await readBody(request)).get("do") ?? "";
    const by = "the link in a mail";
    try {
      done = html`<p class="done">&#10003; ${act(assembly, choice === "acknowledge" ? { action: "acknowledge", incident: id, by } : { action: "snooze", incident: id, by, minutes: Number(choice) })}</p>`;
    } catch (error) {
      code = 409;
      done = html`<p class="window">Nothing was done: ${(error as Error).message}</p>`;
    }
    await assembly.writer.flush();
  }
  const found = await find(assembly, records, id);
  const events = await records.timeline(id);
  const buttons =
    allowed && found.closed === undefined ? actions(url.searchParams.toString()) : html``;
  return page(incidentPage(assembly, found, events, html`${done ?? html``}${buttons}`), code);
};
