import { Hono } from "hono";

import { accountRoutes } from "./accounts";
import { certificateRoutes } from "./certificates";
import { createContext, type Acme, type AcmeDeps } from "./context";
import { orderRoutes } from "./orders";
import { problem, ProblemError } from "./problem";
import { base } from "./views";

const TERMS = "data:text/plain,None.%20It%20is%20yours.";
const asProblem = { "content-type": "application/problem+json" };

const frame = (app: Hono, acme: Acme): void => {
  app.use(async (c, next) => {
    if (acme.failing()) {
      c.header("retry-after", "60");
      throw problem(
        503,
        "serverInternal",
        "The service is down for maintenance or had an internal error.",
      );
    }
    await next();
    if (c.req.path !== "/directory") c.header("replay-nonce", acme.freshNonce());
    c.header("cache-control", "no-store");
    c.header("link", `<${base(c)}/directory>;rel="index"`, { append: true });
    if (c.req.method === "POST") await acme.store.save();
  });
  app.onError((error, c) => {
    if (!(error instanceof ProblemError))
      acme.log(`acme: ${c.req.path}: ${error.stack ?? error.message}`);
    const told =
      error instanceof ProblemError
        ? error.problem
        : problem(500, "serverInternal", "internal error").problem;
    return c.json(told, told.status, asProblem);
  });
  app.notFound((c) => c.json(problem(404, "malformed", "Page not found").problem, 404, asProblem));
};

/**
 * Let's Encrypt's part: RFC 8555 as far as certbot and its like use it (accounts, orders, http-01,
 * dns-01, CAA, revocation; no key change, no external accounts). What it knows is on disk, so that
 * a restart is no outage: an account that were forgotten could renew nothing any more.
 */
export const createAcme = (deps: AcmeDeps): Hono => {
  const app = new Hono();
  const acme = createContext(deps);
  frame(app, acme);
  app.get("/directory", (c) =>
    c.json({
      newNonce: `${base(c)}/acme/new-nonce`,
      newAccount: `${base(c)}/acme/new-acct`,
      newOrder: `${base(c)}/acme/new-order`,
      revokeCert: `${base(c)}/acme/revoke-cert`,
      meta: {
        termsOfService: TERMS,
        website: "https://letsencrypt.org",
        caaIdentities: ["letsencrypt.org"],
      },
    }),
  );
  // By the RFC a HEAD is 200 and a GET 204; Hono answers a HEAD from GET's handler.
  app.get("/acme/new-nonce", (c) => c.body(null, c.req.method === "HEAD" ? 200 : 204));
  for (const routes of [accountRoutes, orderRoutes, certificateRoutes])
    app.route("/", routes(acme));
  return app;
};
