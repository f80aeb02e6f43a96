import type { Context } from "hono";

import type { Account, Authorization, Challenge, Order } from "./acme-store";

/** Addresses are given under the name that was asked: here, Let's Encrypt's. */
export const base = (c: Context): string =>
  `https://${c.req.header("host") ?? "acme-v02.api.letsencrypt.org"}`;
export const accountUrl = (c: Context, account: { readonly id: string }): string =>
  `${base(c)}/acme/acct/${account.id}`;
export const orderUrl = (c: Context, order: Order): string => `${base(c)}/acme/order/${order.id}`;
export const authorizationUrl = (c: Context, one: Authorization): string =>
  `${base(c)}/acme/authz/${one.id}`;

export const accountView = (c: Context, account: Account): Record<string, unknown> => ({
  status: account.status,
  contact: account.contact,
  orders: `${accountUrl(c, account)}/orders`,
});

export const orderView = (c: Context, order: Order): Record<string, unknown> => ({
  status: order.status,
  expires: order.expires,
  identifiers: order.hosts.map((value) => ({ type: "dns", value })),
  authorizations: order.authorizations.map((one) => authorizationUrl(c, one)),
  finalize: `${orderUrl(c, order)}/finalize`,
  ...(order.certificate ? { certificate: `${base(c)}/acme/cert/${order.certificate}` } : {}),
  ...(order.error ? { error: order.error } : {}),
});

export const challengeView = (
  c: Context,
  { id, type, token, status, validated, error }: Challenge,
): Record<string, unknown> => ({
  type,
  url: `${base(c)}/acme/chall/${id}`,
  token,
  status,
  ...(validated ? { validated } : {}),
  ...(error ? { error } : {}),
});

export const authorizationStatus = (one: Authorization): "pending" | "valid" | "invalid" => {
  if (one.challenges.some((challenge) => challenge.status === "valid")) return "valid";
  return one.challenges.some((challenge) => challenge.status === "invalid") ? "invalid" : "pending";
};

export const authorizationView = (c: Context, one: Authorization): Record<string, unknown> => ({
  status: authorizationStatus(one),
  identifier: { type: "dns", value: one.host },
  expires: one.expires,
  challenges: one.challenges.map((challenge) => challengeView(c, challenge)),
  ...(one.wildcard ? { wildcard: true } : {}),
});
