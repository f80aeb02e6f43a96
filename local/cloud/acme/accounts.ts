import { Hono } from "hono";
import { z } from "zod";

import type { Account } from "./acme-store";
import { find, newId, parse, type Acme } from "./context";
import { thumbprint } from "./jws";
import { problem } from "./problem";
import { accountUrl, accountView } from "./views";

const newAccount = z.object({
  contact: z.array(z.string()).optional(),
  termsOfServiceAgreed: z.boolean().optional(),
  onlyReturnExisting: z.boolean().optional(),
});
const change = z.object({
  contact: z.array(z.string()).optional(),
  status: z.literal("deactivated").optional(),
});

export const accountRoutes = (acme: Acme): Hono => {
  const app = new Hono();
  const { state } = acme.store;
  app.post("/acme/new-acct", async (c) => {
    const jws = await acme.signed(c);
    if (!jws.jwk || !jws.isSignedBy(jws.jwk))
      throw problem(400, "malformed", "A new account's request is signed with its own key.");
    const wanted = parse(newAccount, jws.payload);
    const print = thumbprint(jws.jwk);
    const known = state.accounts.find((one) => one.thumbprint === print);
    // RFC 8555, 7.3.6: what a closed account's key has signed is refused, this question too.
    if (known?.status === "deactivated")
      throw problem(
        401,
        "unauthorized",
        "An account with the provided public key exists but is deactivated",
      );
    if (known) return c.json(accountView(c, known), 200, { location: accountUrl(c, known) });
    if (wanted.onlyReturnExisting)
      throw problem(400, "accountDoesNotExist", "No account exists with the provided key");
    if (!wanted.termsOfServiceAgreed)
      throw problem(403, "userActionRequired", "The terms of service have to be agreed to.");
    const account: Account = {
      id: newId(),
      key: jws.jwk,
      thumbprint: print,
      status: "valid",
      contact: wanted.contact ?? [],
    };
    state.accounts.push(account);
    return c.json(accountView(c, account), 201, { location: accountUrl(c, account) });
  });
  app.post("/acme/acct/:id", async (c) => {
    const { account, payload } = await acme.asked(c);
    if (account !== find(state.accounts, c))
      throw problem(401, "unauthorized", "That is another account.");
    const wanted = parse(change, payload);
    account.contact = wanted.contact ?? account.contact;
    account.status = wanted.status ?? account.status;
    return c.json(accountView(c, account), 200, { location: accountUrl(c, account) });
  });
  return app;
};
