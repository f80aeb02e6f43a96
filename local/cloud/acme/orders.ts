import { randomBytes } from "node:crypto";

import { Hono, type Context } from "hono";
import { z } from "zod";

import type { Account, Authorization, Challenge, Order } from "./acme-store";
import { find, newId, parse, type Acme } from "./context";
import { problem } from "./problem";
import { validate } from "./validate";
import {
  authorizationStatus,
  authorizationUrl,
  authorizationView,
  challengeView,
  orderUrl,
  orderView,
} from "./views";

const ORDER_DAYS = 7;
const hostName = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/);
const newOrder = z.object({
  identifiers: z
    .array(z.object({ type: z.literal("dns"), value: hostName }))
    .min(1)
    .max(100),
});

/** A wildcard can only be proven by DNS. */
const authorization = (acme: Acme, name: string): Authorization => {
  const wildcard = name.startsWith("*.");
  const types = wildcard ? (["dns-01"] as const) : (["http-01", "dns-01"] as const);
  return {
    id: newId(),
    host: wildcard ? name.slice(2) : name,
    wildcard,
    expires: acme.later(ORDER_DAYS),
    challenges: types.map((type) => ({
      id: newId(),
      type,
      token: randomBytes(32).toString("base64url"),
      status: "pending",
    })),
  };
};

const settle = (order: Order): void => {
  if (order.status !== "pending") return;
  const statuses = order.authorizations.map(authorizationStatus);
  if (statuses.includes("invalid")) order.status = "invalid";
  else if (statuses.every((status) => status === "valid")) order.status = "ready";
};

const attempt = async (
  acme: Acme,
  account: Account,
  { order, one, challenge }: Found,
): Promise<void> => {
  const failure = await validate(acme.outside, {
    type: challenge.type,
    host: one.host,
    wildcard: one.wildcard,
    token: challenge.token,
    thumbprint: account.thumbprint,
  });
  challenge.status = failure ? "invalid" : "valid";
  if (failure) challenge.error = failure;
  else challenge.validated = acme.later(0);
  settle(order);
  await acme.store.save();
};

interface Found {
  readonly order: Order;
  readonly one: Authorization;
  readonly challenge: Challenge;
}
const findChallenge = (orders: readonly Order[], id: string | undefined): Found => {
  for (const order of orders)
    for (const one of order.authorizations)
      for (const challenge of one.challenges)
        if (challenge.id === id) return { order, one, challenge };
  throw problem(404, "malformed", "There is no such challenge.");
};

/** @param account whoever asks: another's order is not shown. */
export const ownOrder = (acme: Acme, account: Account, c: Context): Order => {
  const order = find(acme.store.state.orders, c);
  if (order.account !== account.id)
    throw problem(401, "unauthorized", "That order is another account's.");
  return order;
};

export const orderRoutes = (acme: Acme): Hono => {
  const app = new Hono();
  const { state } = acme.store;
  const ordersOf = (account: Account): Order[] =>
    state.orders.filter((order) => order.account === account.id);
  app.post("/acme/new-order", async (c) => {
    const { account, payload } = await acme.asked(c);
    const hosts = [...new Set(parse(newOrder, payload).identifiers.map((one) => one.value))];
    const order: Order = {
      id: newId(),
      account: account.id,
      hosts,
      expires: acme.later(ORDER_DAYS),
      status: "pending",
      authorizations: hosts.map((host) => authorization(acme, host)),
    };
    state.orders.push(order);
    return c.json(orderView(c, order), 201, { location: orderUrl(c, order) });
  });
  app.post("/acme/order/:id", async (c) => {
    const { account } = await acme.asked(c);
    return c.json(orderView(c, ownOrder(acme, account, c)));
  });
  app.post("/acme/authz/:id", async (c) => {
    const { account } = await acme.asked(c);
    return c.json(
      authorizationView(
        c,
        find(
          ordersOf(account).flatMap((order) => order.authorizations),
          c,
        ),
      ),
    );
  });
  app.post("/acme/chall/:id", async (c) => {
    const { account, payload } = await acme.asked(c);
    const found = findChallenge(ordersOf(account), c.req.param("id"));
    // POST-as-GET only looks; a payload, even an empty one, says "ready to be looked at". A daemon
    // that died while looking left "processing": looked at again.
    if (
      payload !== undefined &&
      (found.challenge.status === "pending" || found.challenge.status === "processing")
    ) {
      found.challenge.status = "processing";
      attempt(acme, account, found).catch((error: Error) =>
        acme.log(`acme: ${found.one.host}: ${error.message}`),
      );
    }
    return c.json(challengeView(c, found.challenge), 200, {
      link: `<${authorizationUrl(c, found.one)}>;rel="up"`,
    });
  });
  return app;
};
