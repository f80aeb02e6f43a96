/**
 * Runs in the visitor's browser: puts an interactive chart in the place of the drawn one, and keeps
 * it fresh. Without it the page has everything but zooming.
 */
export const CLIENT = `
(() => {
  const place = document.getElementById("chart");
  if (!place || !window.uPlot) return;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const line = (label, colour, dash) => ({ label, stroke: css(colour), width: 1.5, dash, spanGaps: false, points: { show: false }, value: (_u, v) => (v == null ? "–" : v + " ms") });
  const axis = { stroke: css("--soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line"), width: 1 } };
  const instant = (t, step) => { const text = new Date(t * 1000).toISOString(); return step >= 86400 || text.slice(11, 16) === "00:00" ? text.slice(5, 10) : text.slice(11, 16); };
  const failed = (u) => {
    const colour = css("--down");
    u.ctx.save();
    u.ctx.fillStyle = colour;
    u.data[0].forEach((t, i) => { if (u.data[4][i] > 0) u.ctx.fillRect(u.valToPos(t, "x", true) - 1, u.bbox.top + u.bbox.height - 6, 3, 6); });
    u.ctx.restore();
  };
  let plot;
  const load = async () => {
    const answer = await fetch(place.dataset.history);
    if (!answer.ok) return;
    const { t, p50, p95, p99, fails } = await answer.json();
    const data = [t, p50, p95, p99, fails];
    if (plot) return plot.setData(data);
    place.textContent = "";
    plot = new uPlot({
      tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "Etc/UTC"), width: place.clientWidth, height: 240, cursor: { y: false }, legend: { live: true }, hooks: { draw: [failed] },
      series: [{ label: "UTC", value: "{YYYY}-{MM}-{DD} {HH}:{mm}" }, line("p50", "--line1"), line("p95", "--line2", [6, 3]), line("p99", "--line3", [2, 3]), { label: "failures", scale: "none", show: true, paths: () => null, points: { show: false }, stroke: css("--down") }],
      axes: [{ ...axis, values: (_u, splits, _axis, _space, step) => splits.map((t) => instant(t, step)) }, { ...axis, size: 66, values: (_u, values) => values.map((v) => v + " ms") }], scales: { y: { range: (_u, _min, max) => [0, Math.max(10, (max || 0) * 1.1)] }, none: { range: [0, 1] } },
    }, data, place);
  };
  load();
  setInterval(load, 60000);
  addEventListener("resize", () => plot && plot.setSize({ width: place.clientWidth, height: 240 }));
})();
`.trimStart();

/**
 * Keeps the status page fresh without loading it anew, which would throw readers and their screen
 * readers back to its top. What is focused or selected is left alone.
 */
export const FRESH = `
(() => {
  const main = document.querySelector("main");
  const busy = () => main.contains(document.activeElement) || !getSelection().isCollapsed;
  setInterval(async () => {
    if (document.hidden || busy()) return;
    const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => undefined);
    if (!answer || !answer.ok) return main.classList.add("stale");
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (busy()) return;
    main.classList.remove("stale");
    main.innerHTML = next.querySelector("main").innerHTML;
    document.title = next.title;
  }, 30000);
})();
`.trimStart();
