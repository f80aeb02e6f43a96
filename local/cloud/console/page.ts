import { readFileSync } from "node:fs";
import { extname, join } from "node:path";

import { Hono } from "hono";

import type { ApiEnv } from "../api/cloud";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
const STYLES = ["console.css", "narrow.css"];
/** The page's script is `console.js`; the browser loads by itself what that imports. */
const SCRIPTS = [
  "console.js",
  "ask.js",
  "button.js",
  "elements.js",
  "faults.js",
  "history.js",
  "inbox.js",
  "machines.js",
  "network.js",
  "show.js",
];
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The console: a page, its style and its scripts as they are; what they show they ask of /v2 and
 * /local.
 */
export const consoleRoutes = (): Hono<ApiEnv> => {
  const app = new Hono<ApiEnv>();
  const file = (name: string) => () =>
    new Response(readFileSync(join(__dirname, name)), {
      headers: {
        "content-type": TYPES[extname(name)]!,
        "content-security-policy": POLICY,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  app.get("/", file("console.html"));
  for (const name of [...STYLES, ...SCRIPTS]) app.get(`/${name}`, file(name));
  return app;
};
