import { escapeHtml, instant, span } from "./words";

/** One message, for every channel. */
export interface Message { readonly kind: "down" | "up" | "note" | "report"; readonly subject: string; readonly text: string; readonly html: string; readonly url?: string }

export interface Named { readonly name: string; readonly error?: string }

export type Row = readonly [label: string, value: string];

const colours: Readonly<Record<Message["kind"], string>> = { down: "#b3261e", up: "#1b7f3b", note: "#8a5a00", report: "#334155" };

/** Simple enough for any mail client: one table of rows, and the same rows as text. */
function message(kind: Message["kind"], subject: string, lead: string, rows: readonly Row[], url: string): Message {
  const cells = rows.map(([label, value]) =>
    `<tr><td style="padding:4px 16px 4px 0;color:#5b6470;vertical-align:top">${escapeHtml(label)}</td><td style="padding:4px 0;word-break:break-word">${escapeHtml(value)}</td></tr>`);
  const html = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>`,
    `<body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#1c2026;background:#fff">`,
    `<p style="margin:0 0 12px;padding:8px 12px;border-left:6px solid ${colours[kind]};font-size:18px;font-weight:600">${escapeHtml(lead)}</p>`,
    `<table role="presentation" style="border-collapse:collapse">${cells.join("")}</table>`,
    `<p style="margin:16px 0 0"><a href="${escapeHtml(url)}" style="color:#0b57d0">${url.includes("/incident/") ? "See it, acknowledge or snooze" : "Status page"}</a></p></body></html>`,
  ].join("\n");
  return { kind, subject, text: [lead, "", ...rows.map(([label, value]) => `${label}: ${value}`), "", url, ""].join("\n"), html, url };
}

const list = (names: readonly Named[]): string => names.map(({ name }) => name).join(", ");

export interface Outage { readonly fleet: string; readonly name: string; readonly since: number; readonly error: string; readonly url: string }

export function downMessage({ fleet, name, since, error, url }: Outage, above: readonly Named[]): Message {
  const rows: Row[] = [["What", name], ["Since", instant(since)], ["Last error", error]];
  if (above.length > 0) rows.push([`Not reachable with it (${above.length})`, list(above)]);
  return message("down", `[${fleet}] DOWN: ${name}`, `${name} is down`, rows, url);
}

export function upMessage({ fleet, name, since, error, url }: Outage, now: number): Message {
  const rows: Row[] = [["What", name], ["Down from", instant(since)], ["Until", instant(now)], ["Length", span(now - since)], ["Last error", error]];
  return message("up", `[${fleet}] UP: ${name} (was down ${span(now - since)})`, `${name} is up again after ${span(now - since)}`, rows, url);
}

export function reminderMessage({ fleet, name, since, error, url }: Outage, now: number): Message {
  const rows: Row[] = [["What", name], ["Since", instant(since)], ["For", span(now - since)], ["Last error", error], ["Quiet it", "acknowledge or snooze by the link"]];
  return message("down", `[${fleet}] STILL DOWN: ${name} (for ${span(now - since)})`, `${name} is still down`, rows, url);
}

export function flappingMessage({ fleet, name, since, error, url }: Outage, turns: number): Message {
  const rows: Row[] = [["What", name], ["Turns", `${turns} within an hour`], ["Last outage since", instant(since)], ["Last error", error], ["Next", "nothing more about it until it has held for 30 minutes"]];
  return message("note", `[${fleet}] FLAPPING: ${name}`, `${name} keeps going down and up`, rows, url);
}

export function steadyMessage({ fleet, name, since, error, url }: Outage, up: boolean): Message {
  const rows: Row[] = [["What", name], [up ? "Up since" : "Down since", instant(since)], ["Last error", error]];
  return message(up ? "up" : "down", `[${fleet}] STEADY: ${name} is ${up ? "up" : "down"}`, `${name} no longer flaps: it is ${up ? "up" : "down"}`, rows, url);
}

export function offlineMessage(fleet: string, from: number, now: number, url: string): Message {
  const rows: Row[] = [["From", instant(from)], ["Until", instant(now)], ["Length", span(now - from)], ["Meaning", "Nothing is known about the fleet in that time; failures seen then were not counted."]];
  return message("note", `[${fleet}] The watcher had no network for ${span(now - from)}`, `The watcher itself had no network for ${span(now - from)}`, rows, url);
}

export const noteMessage = (fleet: string, lead: string, rows: readonly Row[], url: string): Message => message("note", `[${fleet}] ${lead}`, lead, rows, url);
