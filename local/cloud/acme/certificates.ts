import { X509Certificate } from "node:crypto";

import { Hono } from "hono";
import { z } from "zod";

import { find, newId, parse, type Acme } from "./context";
import { type AccountKey, thumbprint } from "./jws";
import { ownOrder } from "./orders";
import { problem } from "./problem";
import { orderUrl, orderView } from "./views";

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const finalize = z.object({ csr: base64url });
const revoke = z.object({ certificate: base64url, reason: z.number().int().optional() });

const isKeyOf = (key: AccountKey, pem: string): boolean => {
  const own = new X509Certificate(pem).publicKey.export({ format: "jwk" });
  return own.kty === key.kty && thumbprint({ ...key, ...own, kty: key.kty }) === thumbprint(key);
};

export const certificateRoutes = (acme: Acme): Hono => {
  const app = new Hono();
  const { state } = acme.store;
  app.post("/acme/order/:id/finalize", async (c) => {
    const { account, payload } = await acme.asked(c);
    const order = ownOrder(acme, account, c);
    const { csr } = parse(finalize, payload);
    if (order.status !== "ready")
      throw problem(403, "orderNotReady", `The order is ${order.status}.`);
    const pem = await acme.issuer.issue(Buffer.from(csr, "base64url"), order.hosts);
    const issued = {
      id: newId(),
      account: account.id,
      hosts: order.hosts,
      issued: acme.later(0),
      pem,
    };
    state.certificates.push(issued);
    Object.assign(order, { status: "valid", certificate: issued.id });
    return c.json(orderView(c, order), 200, { location: orderUrl(c, order) });
  });
  app.post("/acme/cert/:id", async (c) => {
    const { account } = await acme.asked(c);
    const issued = find(state.certificates, c);
    if (issued.account !== account.id)
      throw problem(401, "unauthorized", "That certificate is another account's.");
    return c.body(issued.pem, 200, { "content-type": "application/pem-certificate-chain" });
  });
  app.post("/acme/revoke-cert", async (c) => {
    const jws = await acme.signed(c);
    const der = Buffer.from(parse(revoke, jws.payload).certificate, "base64url").toString("base64");
    const issued = state.certificates.find((one) =>
      one.pem.replace(/-----[A-Z ]+-----|\s/g, "").startsWith(der),
    );
    // By the account that has asked for it, or by the certificate's own key (RFC 8555, 7.6).
    const isTheirs = jws.jwk
      ? issued !== undefined && jws.isSignedBy(jws.jwk) && isKeyOf(jws.jwk, issued.pem)
      : acme.accountOf(c, jws).id === issued?.account;
    if (!issued || !isTheirs)
      throw problem(403, "unauthorized", "That certificate is not this account's, nor this key's.");
    if (issued.revoked)
      throw problem(400, "alreadyRevoked", "Certificate has already been revoked.");
    issued.revoked = acme.later(0);
    return c.body(null, 200);
  });
  return app;
};
