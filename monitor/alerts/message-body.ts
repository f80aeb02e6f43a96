import type { Message } from "@second-server/contract/channels/message";

import type { Step } from "../checks/advice";
import { mailPage, SOFT } from "./mail";
import { escapeHtml } from "./words";

export type Row = readonly [label: string, value: string];

const colours: Readonly<Record<Message["kind"], string>> = {
  down: "#b3261e",
  up: "#1b7f3b",
  note: "#8a5a00",
  report: "#334155",
};

const htmlRow = ([label, value]: Row): string =>
  [
    "<tr>",
    `<td class="soft" style="padding:4px 16px 4px 0;${SOFT};vertical-align:top">${escapeHtml(label)}</td>`,
    `<td style="padding:4px 0;vertical-align:top;overflow-wrap:anywhere">${escapeHtml(value)}</td>`,
    "</tr>",
  ].join("");

const CODE =
  "padding:1px 4px;background:#f1f3f5;color:#1c2026;font-size:13px;overflow-wrap:anywhere";
const htmlCode = (run: string): string =>
  `<br><code class="code" style="${CODE}">${escapeHtml(run)}</code>`;
const htmlStep = ({ say, run }: Step): string =>
  `<li style="margin:0 0 6px">${escapeHtml(say)}${run === undefined ? "" : htmlCode(run)}</li>`;

const WHERE =
  "Commands: in the project's folder; with --stack NAME for a fleet that is not the local one.";

const htmlSteps = (steps: readonly Step[]): string =>
  steps.length === 0
    ? ""
    : [
        '<p style="margin:16px 0 4px;font-weight:600">What to do</p>',
        `<ol style="margin:0;padding-left:22px">${steps.map(htmlStep).join("")}</ol>`,
        `<p class="soft" style="margin:4px 0 0;${SOFT};font-size:13px">${WHERE}</p>`,
      ].join("");

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

/**
 * Simple enough for any mail client: one table of rows and a list of steps, and the same as text.
 */
export const message = (
  kind: Message["kind"],
  subject: string,
  lead: string,
  rows: readonly Row[],
  url: string,
  steps: readonly Step[] = [],
): Message => {
  const link = linkText(kind, url);
  const table = `<table role="presentation" style="border-collapse:collapse">${rows.map(htmlRow).join("")}</table>`;
  const anchor = `<a href="${escapeHtml(url)}" style="color:#0b57d0">${link}</a>`;
  const html = mailPage(
    lead,
    colours[kind],
    `${table}${htmlSteps(steps)}\n<p style="margin:16px 0 0">${anchor}</p>`,
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
