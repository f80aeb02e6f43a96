import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CLIENT, FRESH } from "./client";
import { Refusal, type Reply } from "./reply";

/** Beside the program on the servers, in the package when run from source. */
const fromUplot = (beside: string, inPackage: string): string => {
  const path = join(__dirname, beside);
  return readFileSync(existsSync(path) ? path : require.resolve(`uplot/dist/${inPackage}`), "utf8");
};

const assets: Readonly<Record<string, () => Reply>> = {
  "/assets/uplot.js": () => ({
    status: 200,
    type: "text/javascript; charset=utf-8",
    body: fromUplot("uplot.js", "uPlot.iife.min.js"),
  }),
  "/assets/uplot.css": () => ({
    status: 200,
    type: "text/css; charset=utf-8",
    body: fromUplot("uplot.css", "uPlot.min.css"),
  }),
  "/assets/fresh.js": () => ({ status: 200, type: "text/javascript; charset=utf-8", body: FRESH }),
  "/assets/chart.js": () => ({ status: 200, type: "text/javascript; charset=utf-8", body: CLIENT }),
};

/**
 * Read at each request rather than kept: browsers cache them for a day, and memory is scarcer here
 * than reading.
 */
export const asset = (path: string): Reply => {
  const make = Object.hasOwn(assets, path) ? assets[path] : undefined;
  if (make === undefined) throw new Refusal(404, `no page ${path}`);
  return { ...make(), headers: { "cache-control": "public, max-age=86400" } };
};
