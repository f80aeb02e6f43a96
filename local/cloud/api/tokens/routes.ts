import { z } from "zod";

import type { TokenRecord } from "../../records/account";
import type { Api, Cloud } from "../cloud";
import { notFound } from "../errors";
import { body, nameText, pathParameter } from "../request";
import { knownScopes } from "./scopes";

const scope = z.string().refine((one) => knownScopes.has(one), {
  error: ({ input }) =>
    `there is no scope ${JSON.stringify(input)}; "read", "write", or one of DigitalOcean's custom scopes, "droplet:read" for example`,
});
const newToken = z.strictObject({
  name: nameText,
  scopes: z
    .array(scope)
    .min(1)
    .refine((all) => !all.includes("write") || all.includes("read"), {
      error: '"write" goes with "read"; DigitalOcean has no token that only writes',
    }),
  expires_in: z.number().int().positive().optional(),
});

const view = ({ sha256: _, ...shown }: TokenRecord): Omit<TokenRecord, "sha256"> => shown;

/**
 * Tokens are made in DigitalOcean's control panel, its API has no call for it: here the lab's owner
 * makes them.
 */
export const tokenRoutes = (api: Api, { store, tokens }: Cloud): void => {
  api.get("/tokens", (c) => c.json({ tokens: store.tokens.all().map(view) }));
  api.post("/tokens", async (c) => {
    const { record, value } = tokens.create(await body(c, newToken));
    return c.json({ token: { ...view(record), value } }, 201);
  });
  api.delete("/tokens/:id", (c) => {
    const id = pathParameter(c, "id");
    if (store.tokens.remove((one) => one.id === id).length === 0) throw notFound();
    return c.body(null, 204);
  });
};
