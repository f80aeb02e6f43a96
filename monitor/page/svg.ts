import type { Bucket } from "../store/history";
import { uptime } from "../store/history";
import { DAY } from "../store/tiers";
import { html, type Html } from "./html";

export type DayState = "good" | "fair" | "bad" | "none";

export const dayState = (bucket: Bucket | undefined): DayState => {
  const share = bucket === undefined ? undefined : uptime([bucket]);
  if (share === undefined) return "none";
  if (share >= 0.999) return "good";
  return share >= 0.95 ? "fair" : "bad";
};

/** Worse days stand taller, so that the state can be told without colour. */
const heights: Readonly<Record<DayState, number>> = { none: 4, good: 16, fair: 22, bad: 28 };
const dayClasses: readonly DayState[] = ["good", "fair", "bad", "none"];

/**
 * One bar a DAY, the last one today; one path a state keeps the page small. `now` in milliseconds.
 */
export const bars = (buckets: readonly Bucket[], now: number, count: number): Html => {
  const today = Math.floor(now / 1000 / DAY) * DAY;
  const byDay = new Map(buckets.map((bucket) => [bucket.t, bucket]));
  const paths = new Map<DayState, string>();
  for (let index = 0; index < count; index += 1) {
    const state = dayState(byDay.get(today - (count - 1 - index) * DAY));
    const height = heights[state];
    paths.set(state, `${paths.get(state) ?? ""}M${index * 5} ${28 - height}h4v${height}h-4z`);
  }
  const share = uptime(buckets);
  const failed = buckets.filter(
    (bucket) => dayState(bucket) === "fair" || dayState(bucket) === "bad",
  ).length;
  const label = `Last ${count} days: ${share === undefined ? "nothing recorded" : `${percent(share)} up`}, ${failed === 1 ? "1 day" : `${failed} days`} with failures`;
  return html`<svg class="bars" viewBox="0 0 ${count * 5 - 1} 28" preserveAspectRatio="none" role="img" aria-label="${label}">${dayClasses.map((state) => (paths.has(state) ? html`<path class="${state}" d="${paths.get(state)}"/>` : html``))}</svg>`;
};

/** Never rounds up to 100: "99.999 %" is not "100 %". */
export const percent = (share: number): string => {
  const digits = share > 0.999 ? 3 : 2;
  const scale = 10 ** digits;
  return share === 1 ? "100 %" : `${(Math.floor(share * 100 * scale) / scale).toFixed(digits)} %`;
};

/** Response times as a drawing: for browsers without scripts, and until the script has loaded. */
export const sketch = (buckets: readonly Bucket[], from: number, to: number): Html => {
  const [width, height] = [720, 200];
  const top = Math.max(10, ...buckets.map(({ p99, p95 }) => p99 ?? p95 ?? 0));
  const x = (t: number): string => (((t - from) / (to - from)) * width).toFixed(1);
  const y = (ms: number): string => (height - (ms / top) * (height - 10)).toFixed(1);
  const path = (key: "p50" | "p95" | "p99"): string => {
    let pen = "M";
    return buckets
      .map((bucket) => {
        const ms = bucket[key];
        // A gap in the history lifts the pen.
        const step = typeof ms === "number" ? `${pen}${x(bucket.t)} ${y(ms)}` : "";
        pen = typeof ms === "number" ? "L" : "M";
        return step;
      })
      .join("");
  };
  const failures = buckets
    .filter(({ fails }) => fails > 0)
    .map(({ t }) => `M${x(t)} ${height}v-8`)
    .join("");
  return html`<svg class="sketch" viewBox="0 0 ${width} ${height}" role="img" aria-label="Response times, up to ${top} ms">
<path class="l3" d="${path("p99")}"/><path class="l2" d="${path("p95")}"/><path class="l1" d="${path("p50")}"/><path class="lf" d="${failures}"/><text x="4" y="14">${top} ms</text></svg>`;
};

/** A badge as people know them from READMEs. */
export const badge = (label: string, value: string, colour: string): string => {
  const width = (text: string): number => Math.round(text.length * 6.6) + 12;
  const [left, right] = [width(label), width(value)];
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${value}"><title>${label}: ${value}</title>
<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444c56"/><rect x="${left}" width="${right}" height="20" fill="${colour}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="${left / 2}" y="14">${label}</text><text x="${left + right / 2}" y="14">${value}</text></g></svg>`
    .text;
};
