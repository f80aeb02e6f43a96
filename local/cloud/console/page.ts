import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Hono } from "hono";

import type { ApiEnv } from "../api/cloud";

const types: Readonly<Record<string, string>> = {
  "console.html": "text/html; charset=utf-8",
  "console.js": "text/javascript; charset=utf-8",
  "console.css": "text/css; charset=utf-8",
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The console: three files as they are; what they show they ask of /v2 and /local. */
export const consoleRoutes = (): Hono<ApiEnv> => {
  const app = new Hono<ApiEnv>();
  const file = (name: string) => () =>
    new Response(readFileSync(join(__dirname, name)), {
      headers: {
        "content-type": types[name]!,
        "content-security-policy": POLICY,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  app.get("/", file("console.html"));
  app.get("/console.js", file("console.js"));
  app.get("/console.css", file("console.css"));
  return app;
};
