import { randomBytes } from "node:crypto";
import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Clock } from "../clock";
import type { Issuer } from "./issue";
import { parseJws, thumbprint, type Signed } from "./jws";
import { problem, ProblemError } from "./problem";
import type { Account, AcmeStore, Authorization, Challenge, Order } from "./state";
import { validate, type Outside } from "./validate";

export interface AcmeDeps {
  readonly store: AcmeStore;
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly outside: Outside;
  readonly failing: () => boolean;
  readonly log: (line: string) => void;
}

type Request = Context;
interface Asked { readonly account: Account; readonly payload: unknown }

const orderDays = 7;
const largestBody = 65_536;
const id = (): string => randomBytes(12).toString("hex");
const terms = "data:text/plain,None.%20It%20is%20yours.";
const hostName = z.string().toLowerCase().max(253).regex(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/);
const newAccount = z.object({ contact: z.array(z.string()).optional(), termsOfServiceAgreed: z.boolean().optional(), onlyReturnExisting: z.boolean().optional() });
const changeAccount = z.object({ contact: z.array(z.string()).optional(), status: z.literal("deactivated").optional() });
const newOrder = z.object({ identifiers: z.array(z.object({ type: z.literal("dns"), value: hostName })).min(1).max(100) });
const finalize = z.object({ csr: z.string().regex(/^[A-Za-z0-9_-]+$/) });
const revoke = z.object({ certificate: z.string().regex(/^[A-Za-z0-9_-]+$/), reason: z.number().int().optional() });

const parse = <T>(schema: z.ZodType<T>, payload: unknown): T => {
  const parsed = schema.safeParse(payload ?? {});
  if (!parsed.success) throw problem(400, "malformed", `${parsed.error.issues[0]!.path.join(".")}: ${parsed.error.issues[0]!.message}`);
  return parsed.data;
};

/** A nonce is good once. */
const createNonces = (): { fresh(): string; use(nonce: string): boolean } => {
  const open = new Set<string>();
  return {
    fresh: () => {
      const nonce = randomBytes(16).toString("base64url");
      open.add(nonce);
      if (open.size > 10_000) open.delete(open.values().next().value!);
      return nonce;
    },
    use: (nonce) => open.delete(nonce),
  };
};

const base = (c: Request): string => `https://${c.req.header("host") ?? "acme-v02.api.letsencrypt.org"}`;
const accountUrl = (c: Request, account: { id: string }): string => `${base(c)}/acme/acct/${account.id}`;
const orderUrl = (c: Request, order: Order): string => `${base(c)}/acme/order/${order.id}`;
const authorizationUrl = (c: Request, one: Authorization): string => `${base(c)}/acme/authz/${one.id}`;

const accountView = (c: Request, account: Account): Record<string, unknown> => ({ status: account.status, contact: account.contact, orders: `${accountUrl(c, account)}/orders` });
const orderView = (c: Request, order: Order): Record<string, unknown> => ({
  status: order.status, expires: order.expires, identifiers: order.hosts.map((value) => ({ type: "dns", value })), authorizations: order.authorizations.map((one) => authorizationUrl(c, one)),
  finalize: `${orderUrl(c, order)}/finalize`, ...(order.certificate ? { certificate: `${base(c)}/acme/cert/${order.certificate}` } : {}), ...(order.error ? { error: order.error } : {}),
});
const challengeView = (c: Request, { id: name, type, token, status, validated, error }: Challenge): Record<string, unknown> =>
  ({ type, url: `${base(c)}/acme/chall/${name}`, token, status, ...(validated ? { validated } : {}), ...(error ? { error } : {}) });
const authorizationStatus = (one: Authorization): "pending" | "valid" | "invalid" => {
  if (one.challenges.some((challenge) => challenge.status === "valid")) return "valid";
  return one.challenges.some((challenge) => challenge.status === "invalid") ? "invalid" : "pending";
};
const authorizationView = (c: Request, one: Authorization): Record<string, unknown> => ({
  status: authorizationStatus(one), identifier: { type: "dns", value: one.host }, expires: one.expires, challenges: one.challenges.map((challenge) => challengeView(c, challenge)), ...(one.wildcard ? { wildcard: true } : {}),
});

const settle = (order: Order): void => {
  if (order.status !== "pending") return;
  const statuses = order.authorizations.map(authorizationStatus);
  if (statuses.includes("invalid")) order.status = "invalid";
  else if (statuses.every((status) => status === "valid")) order.status = "ready";
};

/** Let's Encrypt's part: RFC 8555 as far as certbot and its like use it. What it knows is on disk, so a restart is no outage for its accounts. */
export const createAcme = (deps: AcmeDeps): Hono => {
  const app = new Hono();
  const { store, clock } = deps;
  const { state } = store;
  const nonces = createNonces();
  const later = (days: number): string => new Date(clock.now().getTime() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");

  const signed = async (c: Request): Promise<Signed> => {
    if (!c.req.header("content-type")?.startsWith("application/jose+json")) throw problem(415, "malformed", "The content type has to be application/jose+json.");
    const text = await c.req.text();
    if (text.length > largestBody) throw problem(413, "malformed", "The request is too large.");
    const jws = parseJws(text);
    if (!nonces.use(jws.nonce)) throw problem(400, "badNonce", "The nonce is not one of ours, or was used before.");
    if (new URL(jws.url).pathname !== c.req.path) throw problem(401, "unauthorized", "The url in the request's header is another.");
    return jws;
  };
  const asked = async (c: Request): Promise<Asked> => {
    const jws = await signed(c);
    const account = state.accounts.find((one) => jws.kid === accountUrl(c, one));
    if (!account) throw problem(400, "accountDoesNotExist", `Account ${jws.kid ?? ""} not found`);
    if (!jws.isSignedBy(account.key)) throw problem(400, "malformed", "The signature does not verify.");
    if (account.status !== "valid") throw problem(401, "unauthorized", "The account is deactivated.");
    return { account, payload: jws.payload };
  };
  const find = <T extends { id: string }>(list: readonly T[], c: Request): T => {
    const found = list.find((one) => one.id === c.req.param("id"));
    if (!found) throw problem(404, "malformed", "There is no such thing here.");
    return found;
  };

  app.use(async (c, next) => {
    if (deps.failing()) {
      c.header("retry-after", "60");
      throw problem(503, "serverInternal", "The service is down for maintenance or had an internal error.");
    }
    await next();
    if (c.req.path !== "/directory") c.header("replay-nonce", nonces.fresh());
    c.header("cache-control", "no-store");
    c.header("link", `<${base(c)}/directory>;rel="index"`, { append: true });
    if (c.req.method === "POST") await store.save();
  });
  app.onError((error, c) => {
    if (!(error instanceof ProblemError)) deps.log(`acme: ${c.req.path}: ${error.stack ?? error.message}`);
    const told = error instanceof ProblemError ? error.problem : problem(500, "serverInternal", "internal error").problem;
    return c.json(told, told.status as ContentfulStatusCode, { "content-type": "application/problem+json", "replay-nonce": nonces.fresh() });
  });
  app.notFound((c) => c.json(problem(404, "malformed", "Page not found").problem, 404, { "content-type": "application/problem+json" }));

  app.get("/directory", (c) => c.json({
    newNonce: `${base(c)}/acme/new-nonce`, newAccount: `${base(c)}/acme/new-acct`, newOrder: `${base(c)}/acme/new-order`, revokeCert: `${base(c)}/acme/revoke-cert`,
    meta: { termsOfService: terms, website: "https://letsencrypt.org", caaIdentities: ["letsencrypt.org"] },
  }));
  // Hono answers HEAD from GET's handler: a HEAD is 200 by the RFC, a GET 204.
  app.get("/acme/new-nonce", (c) => c.body(null, c.req.method === "HEAD" ? 200 : 204));

  app.post("/acme/new-acct", async (c) => {
    const jws = await signed(c);
    if (!jws.jwk || !jws.isSignedBy(jws.jwk)) throw problem(400, "malformed", "A new account's request is signed with its own key.");
    const wanted = parse(newAccount, jws.payload);
    const print = thumbprint(jws.jwk);
    const known = state.accounts.find((one) => one.thumbprint === print);
    if (known) return c.json(accountView(c, known), 200, { location: accountUrl(c, known) });
    if (wanted.onlyReturnExisting) throw problem(400, "accountDoesNotExist", "No account exists with the provided key");
    if (!wanted.termsOfServiceAgreed) throw problem(403, "userActionRequired", "The terms of service have to be agreed to.");
    const account: Account = { id: id(), key: jws.jwk, thumbprint: print, status: "valid", contact: wanted.contact ?? [] };
    state.accounts.push(account);
    return c.json(accountView(c, account), 201, { location: accountUrl(c, account) });
  });
  app.post("/acme/acct/:id", async (c) => {
    const { account, payload } = await asked(c);
    if (account !== find(state.accounts, c)) throw problem(401, "unauthorized", "That is another account.");
    const wanted = parse(changeAccount, payload);
    account.contact = wanted.contact ?? account.contact;
    account.status = wanted.status ?? account.status;
    return c.json(accountView(c, account), 200, { location: accountUrl(c, account) });
  });

  const authorization = (name: string): Authorization => {
    const wildcard = name.startsWith("*.");
    const types = wildcard ? (["dns-01"] as const) : (["http-01", "dns-01"] as const);
    return { id: id(), host: wildcard ? name.slice(2) : name, wildcard, expires: later(orderDays), challenges: types.map((type) => ({ id: id(), type, token: randomBytes(32).toString("base64url"), status: "pending" })) };
  };
  app.post("/acme/new-order", async (c) => {
    const { account, payload } = await asked(c);
    const hosts = [...new Set(parse(newOrder, payload).identifiers.map((one) => one.value))];
    const order: Order = { id: id(), account: account.id, hosts, expires: later(orderDays), status: "pending", authorizations: hosts.map(authorization) };
    state.orders.push(order);
    return c.json(orderView(c, order), 201, { location: orderUrl(c, order) });
  });
  const ownOrder = (account: Account, c: Request): Order => {
    const order = find(state.orders, c);
    if (order.account !== account.id) throw problem(401, "unauthorized", "That order is another account's.");
    return order;
  };
  app.post("/acme/order/:id", async (c) => {
    const { account } = await asked(c);
    return c.json(orderView(c, ownOrder(account, c)));
  });
  app.post("/acme/authz/:id", async (c) => {
    const { account } = await asked(c);
    const own = state.orders.filter((order) => order.account === account.id).flatMap((order) => order.authorizations);
    return c.json(authorizationView(c, find(own, c)));
  });

  const attempt = async (account: Account, order: Order, one: Authorization, challenge: Challenge): Promise<void> => {
    const failure = await validate(deps.outside, { type: challenge.type, host: one.host, wildcard: one.wildcard, token: challenge.token, thumbprint: account.thumbprint });
    challenge.status = failure ? "invalid" : "valid";
    if (failure) challenge.error = failure;
    else challenge.validated = later(0);
    settle(order);
    await store.save();
  };
  app.post("/acme/chall/:id", async (c) => {
    const { account, payload } = await asked(c);
    for (const order of state.orders.filter((one) => one.account === account.id)) {
      for (const one of order.authorizations) {
        const challenge = one.challenges.find((candidate) => candidate.id === c.req.param("id"));
        if (!challenge) continue;
        // POST-as-GET only looks; a payload, even an empty one, says "ready to be looked at".
        if (payload !== undefined && challenge.status === "pending") {
          challenge.status = "processing";
          attempt(account, order, one, challenge).catch((error: Error) => deps.log(`acme: ${one.host}: ${error.message}`));
        }
        return c.json(challengeView(c, challenge), 200, { link: `<${authorizationUrl(c, one)}>;rel="up"` });
      }
    }
    throw problem(404, "malformed", "There is no such challenge.");
  });

  app.post("/acme/order/:id/finalize", async (c) => {
    const { account, payload } = await asked(c);
    const order = ownOrder(account, c);
    const { csr } = parse(finalize, payload);
    if (order.status !== "ready") throw problem(403, "orderNotReady", `The order is ${order.status}.`);
    const pem = await deps.issuer.issue(Buffer.from(csr, "base64url"), order.hosts);
    const issued = { id: id(), account: account.id, hosts: order.hosts, issued: later(0), pem };
    state.certificates.push(issued);
    Object.assign(order, { status: "valid", certificate: issued.id });
    return c.json(orderView(c, order), 200, { location: orderUrl(c, order) });
  });
  app.post("/acme/cert/:id", async (c) => {
    const { account } = await asked(c);
    const issued = find(state.certificates, c);
    if (issued.account !== account.id) throw problem(401, "unauthorized", "That certificate is another account's.");
    return c.body(issued.pem, 200, { "content-type": "application/pem-certificate-chain" });
  });
  app.post("/acme/revoke-cert", async (c) => {
    const { account, payload } = await asked(c);
    const der = Buffer.from(parse(revoke, payload).certificate, "base64url").toString("base64");
    const issued = state.certificates.find((one) => one.pem.replace(/-----[A-Z ]+-----|\s/g, "").startsWith(der));
    if (!issued || issued.account !== account.id) throw problem(403, "unauthorized", "That certificate is not this account's.");
    if (issued.revoked) throw problem(400, "alreadyRevoked", "It was revoked before.");
    issued.revoked = later(0);
    return c.body(null, 200);
  });
  return app;
};
