import { randomBytes } from "node:crypto";

import type { Context } from "hono";
import type { z } from "zod";

import type { Clock } from "../clock";
import type { Account, AcmeStore } from "./acme-store";
import type { Issuer } from "./issue";
import { parseJws, type Signed } from "./jws";
import type { Outside } from "./lookup";
import { problem } from "./problem";
import { accountUrl } from "./views";

export interface AcmeDeps {
  readonly store: AcmeStore;
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly outside: Outside;
  readonly failing: () => boolean;
  readonly log: (line: string) => void;
}

/** What each route works with. */
export interface Acme extends AcmeDeps {
  readonly freshNonce: () => string;
  /** A request signed by somebody: its key has still to be judged. */
  signed(c: Context): Promise<Signed>;
  /** The account that has signed it, which may ask. */
  accountOf(c: Context, jws: Signed): Account;
  /** A request signed by an account that may ask; `payload` is undefined for POST-as-GET. */
  asked(c: Context): Promise<{ readonly account: Account; readonly payload: unknown }>;
  /** So many days from now. */
  later(days: number): string;
}

const LARGEST_BODY = 65_536;
const OPEN_NONCES = 10_000;

export const newId = (): string => randomBytes(12).toString("hex");

/** The first of what is wrong, with its place. */
const firstOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 1)
    .map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join("");

export const parse = <T>(schema: z.ZodType<T>, payload: unknown): T => {
  const parsed = schema.safeParse(payload ?? {});
  if (!parsed.success) throw problem(400, "malformed", firstOf(parsed.error));
  return parsed.data;
};

/** The thing of the path's id; only what is in the list can be found. */
export const find = <T extends { readonly id: string }>(list: readonly T[], c: Context): T => {
  const found = list.find((one) => one.id === c.req.param("id"));
  if (!found) throw problem(404, "malformed", "There is no such thing here.");
  return found;
};

/** A nonce is good once. */
const createNonces = (): { fresh(): string; use(nonce: string): boolean } => {
  const open = new Set<string>();
  return {
    fresh: () => {
      const nonce = randomBytes(16).toString("base64url");
      open.add(nonce);
      const [oldest] = open.size > OPEN_NONCES ? open : [];
      if (oldest !== undefined) open.delete(oldest);
      return nonce;
    },
    use: (nonce) => open.delete(nonce),
  };
};

export const createContext = (deps: AcmeDeps): Acme => {
  const nonces = createNonces();
  const signed = async (c: Context): Promise<Signed> => {
    if (!c.req.header("content-type")?.startsWith("application/jose+json"))
      throw problem(415, "malformed", "The content type has to be application/jose+json.");
    const text = await c.req.text();
    if (text.length > LARGEST_BODY) throw problem(413, "malformed", "The request is too large.");
    const jws = parseJws(text);
    if (!nonces.use(jws.nonce))
      throw problem(400, "badNonce", "The nonce is not one of ours, or was used before.");
    if (!URL.canParse(jws.url) || new URL(jws.url).pathname !== c.req.path)
      throw problem(401, "unauthorized", "The url in the request's header is another.");
    return jws;
  };
  const accountOf: Acme["accountOf"] = (c, jws) => {
    const account = deps.store.state.accounts.find((one) => jws.kid === accountUrl(c, one));
    if (!account) throw problem(400, "accountDoesNotExist", `Account ${jws.kid ?? ""} not found`);
    if (!jws.isSignedBy(account.key))
      throw problem(400, "malformed", "The signature does not verify.");
    if (account.status !== "valid")
      throw problem(401, "unauthorized", "The account is deactivated.");
    return account;
  };
  return {
    ...deps,
    signed,
    accountOf,
    freshNonce: () => nonces.fresh(),
    asked: async (c) => {
      const jws = await signed(c);
      return { account: accountOf(c, jws), payload: jws.payload };
    },
    later: (days) =>
      new Date(deps.clock.now().getTime() + days * 86_400_000)
        .toISOString()
        .replace(/\.\d+Z$/, "Z"),
  };
};
