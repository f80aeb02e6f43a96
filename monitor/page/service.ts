import { watchedChecks } from "../alerts/alert-state";
import type { Incident } from "../alerts/incident";
import { type Bucket, uptime } from "../store/history";
import type { Records } from "../view/records";
import { type ServiceStatus, status } from "../view/status";
import type { View } from "../view/view";
import { html, type Html } from "./html";
import { layout } from "./layout";
import { marks, pastSection, words } from "./page";
import { json, page, Refusal, type Reply } from "./reply";
import { bars, percent, sketch } from "./svg";

/** Seconds, by the word in the address. */
const spans: Readonly<Record<string, number>> = {
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
  quarter: 90 * 86_400,
  year: 365 * 86_400,
};
const spanOf = (url: URL): string =>
  Object.hasOwn(spans, url.searchParams.get("span") ?? "")
    ? (url.searchParams.get("span") as string)
    : "day";

const last = (url: URL): string => {
  try {
    return decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  } catch {
    throw new Refusal(400, "the address is not well-formed");
  }
};

/** A service's main check, or any check by its own name. @throws Refusal */
const checkOf = (view: View, name: string): string => {
  const watched = watchedChecks(view.alerts());
  const found =
    watched.find(({ id }) => id === name) ?? watched.find(({ service }) => service === name);
  if (found === undefined) throw new Refusal(404, `there is no service or check "${name}"`);
  return found.id;
};

/**
 * GET /api/history/NAME?span=hour|day|week|quarter|year → columns: t (s), p50, p95, p99 (ms or
 * null), passes, fails.
 */
export const history = async (view: View, records: Records, url: URL): Promise<Reply> => {
  const name = last(url);
  const { seconds, buckets } = await records.series(
    checkOf(view, name),
    spans[spanOf(url)] ?? 0,
    1500,
  );
  const column = <Key extends keyof Bucket>(key: Key): Bucket[Key][] =>
    buckets.map((bucket) => bucket[key]);
  return json({
    name,
    seconds,
    t: column("t"),
    p50: column("p50"),
    p95: column("p95"),
    p99: column("p99"),
    passes: column("passes"),
    fails: column("fails"),
  });
};

const dayRow = (bucket: Bucket): Html =>
  html`<tr><td>${new Date(bucket.t * 1000).toISOString().slice(0, 10)}</td><td>${percent(uptime([bucket]) ?? 0)}</td><td>${bucket.fails}</td><td>${bucket.p50 ?? "–"}</td><td>${bucket.p95 ?? "–"}</td><td>${bucket.p99 ?? "–"}</td></tr>`;

const body = (
  service: ServiceStatus,
  span: string,
  drawn: Html,
  ninety: readonly Bucket[],
  now: number,
  past: readonly Incident[],
  trouble: string | undefined,
): Html => {
  const tabs = Object.keys(spans).map((name) =>
    name === span
      ? html`<b aria-current="page">${name}</b> `
      : html`<a href="?span=${name}">${name}</a> `,
  );
  const share = uptime(ninety);
  const bad = ninety.filter(({ fails }) => fails > 0).reverse();
  return html`<p><a href="/">&larr; Status</a></p><h1>${service.name}</h1>
<p class="headline ${service.condition}"><span aria-hidden="true">${marks[service.condition]}</span> ${words[service.condition]}${service.error === undefined ? "" : `: ${service.error}`}</p>
<p><a href="${service.url}">${service.url}</a></p>
<section><h2>The last 90 days${share === undefined ? "" : `: ${percent(share)} up`}</h2>${bars(ninety, now, 90)}</section>
<section><h2>Response times</h2><nav class="tabs" aria-label="Span of the chart">${tabs}</nav><div id="chart" data-history="/api/history/${encodeURIComponent(service.name)}?span=${span}">${drawn}</div>
<p class="soft">Solid: half of the answers were faster (p50). Dashed: 95 % (p95). Dotted: 99 % (p99). Marks below: failures.</p></section>
${bad.length === 0 ? "" : html`<section><h2>Days with failures</h2><div class="wide" role="region" aria-label="Days with failures" tabindex="0"><table><thead><tr><th scope="col">Day</th><th scope="col">Up</th><th scope="col">Failed</th><th scope="col">p50 ms</th><th scope="col">p95 ms</th><th scope="col">p99 ms</th></tr></thead><tbody>${bad.slice(0, 30).map(dayRow)}</tbody></table></div></section>`}
<section><h2>Incidents</h2>${pastSection(past, now, trouble)}</section>
<script src="/assets/uplot.js" defer></script><script src="/assets/chart.js" defer></script>`;
};

export const servicePage = async (view: View, records: Records, url: URL): Promise<Reply> => {
  const name = last(url);
  const check = checkOf(view, name);
  const span = spanOf(url);
  const now = view.now();
  const service = status(view).services.find((one) => one.name === name);
  if (service === undefined) throw new Refusal(404, `there is no service "${name}"`);
  const { buckets } = await records.series(check, spans[span] ?? 0);
  const drawn = sketch(buckets, now / 1000 - (spans[span] ?? 0), now / 1000);
  const ninety = (await records.days()).get(check) ?? [];
  const past = await records.incidents(20, check);
  return page(
    layout(
      view.config().fleet,
      name,
      body(service, span, drawn, ninety, now, past, records.trouble()),
      html`<link rel="stylesheet" href="/assets/uplot.css">`,
    ),
  );
};
