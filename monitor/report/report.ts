import { mailPage, SOFT } from "../alerts/mail";
import type { Message } from "../alerts/messages";
import { escapeHtml, instant, span } from "../alerts/words";
import { percent } from "../page/svg";
import { type Bucket, uptime } from "../store/history";
import { type Condition, mainCheck, type Status } from "../view/status";

/** One line of the report. Shares are 0 to 1; absent where nothing is known. */
export interface Row {
  readonly name: string;
  readonly condition: Condition;
  readonly ms?: number;
  readonly day?: number;
  readonly quarter?: number;
  readonly note?: string;
}
export interface Report {
  readonly fleet: string;
  readonly at: number;
  readonly url: string;
  readonly ok: boolean;
  readonly services: readonly Row[];
  readonly machines: readonly Row[];
  readonly past: readonly string[];
  /** What could not be read. */ readonly trouble?: string;
}

const marks: Readonly<Record<Condition, string>> = {
  up: "OK",
  down: "DOWN",
  failing: "FAILING",
  held: "NOT REACHABLE",
  unknown: "NOT ASKED",
};
const colours: Readonly<Record<Condition, readonly [background: string, text: string]>> = {
  up: ["#d9f2e0", "#12592a"],
  down: ["#fbd9d6", "#8c1d18"],
  failing: ["#fdecc8", "#6b4600"],
  held: ["#fbd9d6", "#8c1d18"],
  unknown: ["#e6e9ed", "#3f4854"],
};

const announcedOf = ({ announced: { windows, minutes } }: Status): readonly string[] =>
  windows === 0
    ? []
    : [
        `The primary announced maintenance ${windows === 1 ? "once" : `${windows} times`} in the last 24 hours, ${minutes} min in all.`,
      ];

/** What the report says, from what is known now. `days`: by check, oldest first. */
export const reportOf = (
  status: Status,
  days: ReadonlyMap<string, readonly Bucket[]>,
  past: readonly {
    readonly name: string;
    readonly opened: number;
    readonly closed?: number;
    readonly error: string;
  }[],
  url: string,
  trouble?: string,
): Report => {
  const at = Date.parse(status.at);
  const row = (
    name: string,
    check: string,
    condition: Condition,
    ms: number | undefined,
    note: string | undefined,
  ): Row => {
    const buckets = days.get(check) ?? [];
    return {
      name,
      condition,
      ms,
      note,
      day: uptime(buckets.filter(({ t }) => t * 1000 > at - 86_400_000)),
      quarter: uptime(buckets),
    };
  };
  const services = status.services.map((service) =>
    row(service.name, mainCheck(service), service.condition, service.ms, service.error),
  );
  const others = status.checks.filter(
    ({ id, service }) => service === undefined && !status.services.some(({ name }) => name === id),
  );
  const machines = others.map((check) =>
    row(check.id, check.id, check.condition, check.ms, check.error ?? check.detail),
  );
  const week = past.filter(({ opened }) => opened > at - 7 * 86_400_000);
  return {
    fleet: status.fleet,
    at,
    url,
    ok: status.ok,
    services,
    machines,
    trouble,
    past: [
      ...announcedOf(status),
      ...week.map(
        ({ name, opened, closed, error }) =>
          `${instant(opened)} ${name} ${closed === undefined ? "is down" : `was down for ${span(closed - opened)}`}: ${error}`,
      ),
    ],
  };
};

const share = (value: number | undefined): string => (value === undefined ? "–" : percent(value));

const textTable = (title: string, rows: readonly Row[]): string[] => {
  const width = Math.max(...rows.map(({ name }) => name.length), title.length);
  const line = (cells: readonly string[]): string =>
    [
      cells[0]?.padEnd(width),
      cells[1]?.padEnd(13),
      cells[2]?.padStart(8),
      cells[3]?.padStart(9),
      cells[4]?.padStart(9),
    ]
      .join("  ")
      .trimEnd();
  return [
    line([title, "State", "Time", "Today", "90 days"]),
    ...rows.flatMap((row) => [
      line([
        row.name,
        marks[row.condition],
        row.ms === undefined ? "" : `${Math.round(row.ms)} ms`,
        share(row.day),
        share(row.quarter),
      ]),
      ...(row.note === undefined ? [] : [`${" ".repeat(width)}  ${row.note}`]),
    ]),
  ];
};

const CELL =
  "padding:5px 4px 5px 0;border-bottom:1px solid #dfe3e8;vertical-align:top;text-align:left";

/** Long names break after a slash or a dot, before they break anywhere. */
const breakable = (name: string): string =>
  name
    .split(/(?<=[/.])/)
    .map(escapeHtml)
    .join("<wbr>");

/**
 * What there is to say gets a row of its own: beside the figures it would be one word wide on a
 * telephone.
 */
const htmlRow = (row: Row): string => {
  const [background, colour] = colours[row.condition];
  const bare = row.note === undefined ? "" : ";border-bottom:0";
  const td = (text: string, more = ""): string =>
    `<td class="line" style="${CELL}${bare}${more}">${text}</td>`;
  const figures = [
    row.ms === undefined ? "" : `${Math.round(row.ms)} ms`,
    share(row.day),
    share(row.quarter),
  ].map((text) => td(text.replace(" ", "&nbsp;"), ";padding-left:6px"));
  const note =
    row.note === undefined
      ? ""
      : `<tr><td colspan="5" class="line soft" style="${CELL};padding-top:0;${SOFT};font-size:12px;overflow-wrap:anywhere">${escapeHtml(row.note)}</td></tr>`;
  return `<tr>${td(breakable(row.name))}${td(marks[row.condition], `;padding-left:6px;background:${background};color:${colour};font-weight:600;font-size:12px`)}${figures.join("")}</tr>${note}`;
};

const htmlTable = (title: string, rows: readonly Row[]): string =>
  rows.length === 0
    ? ""
    : `<table style="border-collapse:collapse;width:100%;max-width:760px;margin:0 0 20px;font-size:13px"><thead><tr>${[
        title,
        "State",
        "Time",
        "Today",
        "90 days",
      ]
        .map(
          (head, index) =>
            `<th class="soft line" scope="col" style="${CELL};${SOFT}${index === 0 ? ";width:36%" : ";padding-left:6px"}">${head}</th>`,
        )
        .join("")}</tr></thead><tbody>${rows.map(htmlRow).join("")}</tbody></table>`;

/** The report as a mail: the same table in colour, readable without it, and as text. */
export const reportMessage = (report: Report, title: string): Message => {
  const bad = [...report.services, ...report.machines].filter(
    ({ condition }) => condition !== "up",
  ).length;
  const lead = report.ok
    ? "All is well"
    : `${bad} of ${report.services.length + report.machines.length} are not well`;
  const past = [
    ...(report.trouble === undefined ? [] : [report.trouble]),
    ...(report.past.length === 0 && report.trouble === undefined
      ? ["No incident in the last 7 days."]
      : report.past),
  ];
  const html = mailPage(
    lead,
    report.ok ? "#1b7f3b" : "#b3261e",
    `<p class="soft" style="margin:0 0 16px;${SOFT}">${escapeHtml(report.fleet)}, ${instant(report.at)}</p>
${htmlTable("Service", report.services)}${htmlTable("Machines", report.machines)}<p style="margin:0 0 4px;font-weight:600">The last 7 days</p><ul style="margin:0 0 16px;padding-left:20px">${past.map((line) => `<li style="overflow-wrap:anywhere">${escapeHtml(line)}</li>`).join("")}</ul>
<p><a href="${escapeHtml(report.url)}" style="color:#0b57d0">Status page</a></p>`,
  );
  const tables = [
    textTable("Service", report.services),
    report.machines.length === 0 ? [] : ["", ...textTable("Machines", report.machines)],
  ].flat();
  const text = [
    lead,
    `${report.fleet}, ${instant(report.at)}`,
    "",
    ...tables,
    "",
    "The last 7 days:",
    ...past.map((line) => `  ${line}`),
    "",
    report.url,
    "",
  ].join("\n");
  return {
    kind: "report",
    subject: `[${report.fleet}] ${title}: ${lead}`,
    text,
    html,
    url: report.url,
  };
};
