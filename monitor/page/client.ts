/** Runs in the visitor's browser: puts an interactive chart in the place of the drawn one, and keeps it fresh. Without it the page has everything but zooming. */
export const client = `
(() => {
  const place = document.getElementById("chart");
  if (!place || !window.uPlot) return;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const line = (label, colour, dash) => ({ label, stroke: css(colour), width: 1.5, dash, spanGaps: false, points: { show: false }, value: (_u, v) => (v == null ? "–" : v + " ms") });
  const axis = { stroke: css("--soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line"), width: 1 } };
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
      width: place.clientWidth, height: 240, cursor: { y: false }, legend: { live: true }, hooks: { draw: [failed] },
      series: [{ value: "{YYYY}-{MM}-{DD} {HH}:{mm}" }, line("p50", "--line1"), line("p95", "--line2", [6, 3]), line("p99", "--line3", [2, 3]), { label: "failures", scale: "none", show: true, paths: () => null, points: { show: false }, stroke: css("--down") }],
      axes: [axis, { ...axis, size: 66, values: (_u, values) => values.map((v) => v + " ms") }], scales: { y: { range: (_u, _min, max) => [0, Math.max(10, (max || 0) * 1.1)] }, none: { range: [0, 1] } },
    }, data, place);
  };
  load();
  setInterval(load, 60000);
  addEventListener("resize", () => plot && plot.setSize({ width: place.clientWidth, height: 240 }));
})();
`.trimStart();
