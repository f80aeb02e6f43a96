import type { Run } from "./journal";
import { DRILLS } from "./list";

export interface ReportOptions {
  readonly fleet: string;
  /** The runs that the report is of. */
  readonly runs: readonly Run[];
  /** Runs before them, the oldest first: their figures stand beside. */
  readonly earlier: readonly Run[];
  readonly now: Date;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
const seconds = (value: number): string => `${value.toFixed(1)} s`;

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2026; --soft: #5b6470; --paper: #ffffff;
  --line: #d9dee4; --good: #1b7f3b; --bad: #b3261e; --mark: #2f5fb3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a2abb6; --paper: #15181c; --line: #343b44;
    --good: #6fcf8d; --bad: #ff8a80; --mark: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 16px 64px; max-width: 960px; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 4px; font-size: 26px; line-height: 1.25; }
h2 { margin: 40px 0 4px; font-size: 20px; overflow-wrap: anywhere; }
p { margin: 4px 0; }
.soft { color: var(--soft); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.wide { overflow-x: auto; }
table { width: 100%; margin: 12px 0; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
td.number, th.number { text-align: right; white-space: nowrap; }
a { color: var(--mark); }
svg { display: block; width: 100%; height: auto; margin: 12px 0 4px; }
ol.marks { margin: 0; padding: 0; list-style: none; font-variant-numeric: tabular-nums; }
ol.marks li { display: grid; grid-template-columns: 5.5em 1fr; gap: 8px; padding: 2px 0;
  overflow-wrap: anywhere; }
ol.marks li > :first-child { color: var(--soft); text-align: right; }
section { break-inside: avoid; }
/* The picture shrinks with the page, and its numbers would be too small to read. */
@media (max-width: 600px) {
  svg text { display: none; }
  svg { min-height: 24px; }
  th, td { padding-right: 6px; font-size: 14px; }
}
`;

const WIDTH = 900;
const HEIGHT = 46;
const EDGE = 12;

/** A line of time with a dot for each mark; the numbers are those of the list below it. */
const picture = ({ drill, marks, seconds: whole, ok }: Run): string => {
  const span = Math.max(whole, 1);
  const x = (at: number): string => (EDGE + (at / span) * (WIDTH - 2 * EDGE)).toFixed(1);
  const dots = marks.map(
    ({ at, what }, index) =>
      `<circle cx="${x(at)}" cy="18" r="6" fill="var(--mark)"><title>${escape(`${seconds(at)}: ${what}`)}</title></circle>` +
      `<text x="${x(at)}" y="40" text-anchor="middle" font-size="13" fill="var(--soft)">${index + 1}</text>`,
  );
  const colour = ok ? "var(--good)" : "var(--bad)";
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(`timeline of ${drill}`)}">`,
    `<line x1="${EDGE}" y1="18" x2="${WIDTH - EDGE}" y2="18" stroke="${colour}" stroke-width="3"/>`,
    ...dots,
    "</svg>",
  ].join("");
};

const marksOf = ({ marks }: Run): string =>
  `<ol class="marks">${marks
    .map(
      ({ at, what, detail }, index) =>
        `<li><span>${seconds(at)}</span><span>${index + 1}. ${escape(what)}${detail ? ` <span class="soft">${escape(detail)}</span>` : ""}</span></li>`,
    )
    .join("")}</ol>`;

/** How many of the earlier runs stand beside this one's figures. */
const BESIDE = 3;

const figuresOf = (run: Run, earlier: readonly Run[]): string => {
  const names = Object.keys(run.measures);
  if (names.length === 0) return "";
  const before = earlier.filter(({ drill, ok }) => drill === run.drill && ok).slice(-BESIDE);
  const head = before.map(
    ({ began }) => `<th class="number">${escape(began.slice(0, 16).replace("T", " "))}</th>`,
  );
  const rows = names.map((name) => {
    const cells = [run, ...before.toReversed()].map(({ measures }) => {
      const value = measures[name];
      return `<td class="number">${value === undefined ? "–" : seconds(value)}</td>`;
    });
    return `<tr><td>${escape(name)}</td>${cells.join("")}</tr>`;
  });
  return `<div class="wide"><table><tr><th>measured</th><th class="number">this time</th>${head.toReversed().join("")}</tr>${rows.join("")}</table></div>`;
};

const writesOf = ({ writes }: Run): string =>
  writes === undefined
    ? ""
    : `<p>${writes.acknowledged} writes were acknowledged while it lasted, <b>${writes.lost} are lost</b>; the longest time without one was ${seconds(writes.longestGapSeconds)}.</p>`;

const sectionOf = (run: Run, earlier: readonly Run[]): string => {
  const entry = DRILLS.find(({ name }) => name === run.drill);
  const verdict = run.ok
    ? '<span class="good">everything came back</span>'
    : `<span class="bad">failed</span>: ${escape(run.error ?? "")}`;
  return [
    `<section id="${escape(run.drill)}"><h2>${escape(run.drill)}</h2>`,
    entry ? `<p>What is broken: ${escape(entry.summary)}.</p>` : "",
    entry ? `<p class="soft">What must be seen: ${escape(entry.expects)}.</p>` : "",
    `<p>${verdict}</p>`,
    picture(run),
    marksOf(run),
    figuresOf(run, earlier),
    writesOf(run),
    "</section>",
  ].join("\n");
};

const rowOf = (run: Run): string =>
  `<tr><td><a href="#${escape(run.drill)}">${escape(run.drill)}</a></td><td class="${run.ok ? "good" : "bad"}">${run.ok ? "came back" : "failed"}</td><td class="number">${seconds(run.seconds)}</td><td class="number">${run.writes ? `${run.writes.lost} of ${run.writes.acknowledged}` : "–"}</td></tr>`;

/**
 * One page that asks nobody for anything: to keep, to print, to show to a customer or an auditor.
 */
export const renderReport = ({ fleet, runs, earlier, now }: ReportOptions): string => {
  const bad = runs.filter(({ ok }) => !ok).length;
  const verdict =
    bad === 0
      ? `<span class="good">All ${runs.length} came back.</span>`
      : `<span class="bad">${bad} of ${runs.length} failed.</span>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drills of ${escape(fleet)}, ${now.toISOString().slice(0, 10)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Drills of ${escape(fleet)}</h1>
<p class="soft">${now.toISOString().slice(0, 16).replace("T", " ")} UTC. Each drill breaks one real thing of a fleet
that is green, and has to end with all of it green.</p>
<p>${verdict}</p>
<div class="wide"><table><tr><th>drill</th><th>outcome</th><th class="number">lasted</th><th class="number">lost writes</th></tr>
${runs.map(rowOf).join("\n")}
</table></div>
${runs.map((run) => sectionOf(run, earlier)).join("\n")}
</body>
</html>
`;
};
