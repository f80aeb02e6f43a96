import type { Message } from "@second-server/contract/channels/message";

import type { Advice, Step } from "../checks/advice";
import { mailPage, SOFT } from "./mail";
import { escapeHtml, instant, span } from "./words";

export type { Message };

export interface Named {
  readonly name: string;
  readonly error?: string;
}

export type Row = readonly [label: string, value: string];

const colours: Readonly<Record<Message["kind"], string>> = {
  down: "#b3261e",
  up: "#1b7f3b",
  note: "#8a5a00",
  report: "#334155",
};

const htmlRow = ([label, value]: Row): string =>
  `<tr><td class="soft" style="padding:4px 16px 4px 0;${SOFT};vertical-align:top">${escapeHtml(label)}</td><td style="padding:4px 0;vertical-align:top;overflow-wrap:anywhere">${escapeHtml(value)}</td></tr>`;

const htmlStep = ({ say, run }: Step): string =>
  `<li style="margin:0 0 6px">${escapeHtml(say)}${run === undefined ? "" : `<br><code class="code" style="padding:1px 4px;background:#f1f3f5;color:#1c2026;font-size:13px;overflow-wrap:anywhere">${escapeHtml(run)}</code>`}</li>`;

const WHERE =
  "Commands: in the project's folder; with --stack NAME for a fleet that is not the local one.";

const htmlSteps = (steps: readonly Step[]): string =>
  steps.length === 0
    ? ""
    : `<p style="margin:16px 0 4px;font-weight:600">What to do</p><ol style="margin:0;padding-left:22px">${steps.map(htmlStep).join("")}</ol><p class="soft" style="margin:4px 0 0;${SOFT};font-size:13px">${WHERE}</p>`;

const textSteps = (steps: readonly Step[]): string[] =>
  steps.length === 0
    ? []
    : [
        "",
        "What to do:",
        ...steps.flatMap(({ say, run }, index) => [
          `  ${index + 1}. ${say}`,
          ...(run === undefined ? [] : [`     ${run}`]),
        ]),
        `  (${WHERE})`,
      ];

const linkText = (kind: Message["kind"], url: string): string => {
  if (!url.includes("/incident/")) return "Status page";
  return kind === "down" ? "See it, acknowledge or snooze" : "See its timeline";
};

/** Simple enough for any mail client: one table of rows and a list of steps, and the same as text. */
const message = (
  kind: Message["kind"],
  subject: string,
  lead: string,
  rows: readonly Row[],
  url: string,
  steps: readonly Step[] = [],
): Message => {
  const link = linkText(kind, url);
  const html = mailPage(
    lead,
    colours[kind],
    `<table role="presentation" style="border-collapse:collapse">${rows.map(htmlRow).join("")}</table>${htmlSteps(steps)}\n<p style="margin:16px 0 0"><a href="${escapeHtml(url)}" style="color:#0b57d0">${link}</a></p>`,
  );
  return {
    kind,
    subject,
    text: [
      lead,
      "",
      ...rows.map(([label, value]) => `${label}: ${value}`),
      ...textSteps(steps),
      "",
      `${link}:`,
      url,
      "",
    ].join("\n"),
    html,
    url,
  };
};

const list = (names: readonly Named[]): string => names.map(({ name }) => name).join(", ");

export interface Outage {
  readonly fleet: string;
  readonly name: string;
  readonly since: number;
  readonly error: string;
  readonly url: string;
  readonly advice: Advice;
}

const affected = ({ advice }: Outage, above: readonly Named[]): Row[] => [
  ["Affects", advice.affects],
  ...(above.length === 0
    ? []
    : [[`Not reachable with it (${above.length} so far)`, list(above)] as const]),
];

export const downMessage = (outage: Outage, above: readonly Named[], now: number): Message => {
  const { fleet, name, since, error, url, advice } = outage;
  const rows: Row[] = [
    ["What", name],
    ["Since", `${instant(since)} (${span(now - since)} before this alert)`],
    ["Last error", error],
    ...affected(outage, above),
  ];
  return message(
    "down",
    `[${fleet}] DOWN: ${name}`,
    `${advice.wrong}: ${error}`,
    rows,
    url,
    advice.steps,
  );
};

export const upMessage = (
  { fleet, name, since, error, url }: Outage,
  above: readonly Named[],
  now: number,
): Message => {
  const rows: Row[] = [
    ["What", name],
    ["Down from", instant(since)],
    ["Until", instant(now)],
    ["Length", span(now - since)],
    ["Last error", error],
    ...(above.length === 0
      ? []
      : [[`Was not reachable with it (${above.length})`, list(above)] as const]),
  ];
  return message(
    "up",
    `[${fleet}] UP: ${name} (was down ${span(now - since)})`,
    `${name} is well again after ${span(now - since)}; there is nothing left to do`,
    rows,
    url,
  );
};

export const reminderMessage = (outage: Outage, above: readonly Named[], now: number): Message => {
  const { fleet, name, since, error, url, advice } = outage;
  const rows: Row[] = [
    ["What", name],
    ["Since", instant(since)],
    ["For", span(now - since)],
    ["Last error", error],
    ...affected(outage, above),
    ["Quiet it", "acknowledge or snooze by the link below"],
  ];
  return message(
    "down",
    `[${fleet}] STILL DOWN: ${name} (for ${span(now - since)})`,
    `${advice.wrong}, for ${span(now - since)} now: ${error}`,
    rows,
    url,
    advice.steps,
  );
};

export const worseMessage = (outage: Outage, above: readonly Named[], now: number): Message => {
  const { fleet, name, since, error, url, advice } = outage;
  const rows: Row[] = [
    ["What", name],
    ["Since", `${instant(since)} (${span(now - since)} before this alert)`],
    ["Now", error],
    ...affected(outage, above),
  ];
  return message(
    "down",
    `[${fleet}] WORSE: ${name}`,
    `${advice.wrong}, and it has become worse: ${error}`,
    rows,
    url,
    advice.steps,
  );
};

export const flappingMessage = (
  { fleet, name, since, error, url, advice }: Outage,
  turns: number,
): Message => {
  const rows: Row[] = [
    ["What", name],
    ["Turns", `${turns} within an hour`],
    ["Last outage since", instant(since)],
    ["Last error", error],
    ["Affects", advice.affects],
    ["Next", "nothing more about it until it has held for 30 minutes"],
  ];
  return message(
    "note",
    `[${fleet}] FLAPPING: ${name}`,
    `${name} keeps going down and up`,
    rows,
    url,
    advice.steps,
  );
};

export const steadyMessage = (
  { fleet, name, since, error, url, advice }: Outage,
  up: boolean,
): Message => {
  const rows: Row[] = [
    ["What", name],
    [up ? "Up since" : "Down since", instant(since)],
    ["Last error", error],
    ...(up ? [] : [["Affects", advice.affects] as const]),
  ];
  return message(
    up ? "up" : "down",
    `[${fleet}] STEADY: ${name} is ${up ? "up" : "down"}`,
    `${name} no longer flaps: it is ${up ? "up" : "down"}`,
    rows,
    url,
    up ? [] : advice.steps,
  );
};

export const offlineMessage = (fleet: string, from: number, now: number, url: string): Message => {
  const rows: Row[] = [
    ["From", instant(from)],
    ["Until", instant(now)],
    ["Length", span(now - from)],
    [
      "Affects",
      "nothing that visitors see. Nothing is known about the fleet in that time; failures seen then were not counted.",
    ],
    [
      "To do",
      "nothing now. If it comes again: ./fleet logs watcher --boot, and DigitalOcean's own status page",
    ],
  ];
  return message(
    "note",
    `[${fleet}] The watcher had no network for ${span(now - from)}`,
    `The watcher itself had no network for ${span(now - from)}`,
    rows,
    url,
  );
};

export const noteMessage = (
  fleet: string,
  lead: string,
  rows: readonly Row[],
  url: string,
): Message => message("note", `[${fleet}] ${lead}`, lead, rows, url);
