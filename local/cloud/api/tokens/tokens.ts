import { createHash, randomBytes, randomUUID } from "node:crypto";

import type { Clock } from "../../clock";
import { readIfThere, writeAtomically } from "../../files";
import type { Store } from "../../record-store";
import type { TokenRecord } from "../../records/account";

/**
 * As DigitalOcean's personal access tokens are: told apart from other secrets by their beginning.
 */
const TOKEN = /^dop_v1_[0-9a-f]{64}$/;
const newValue = (): string => `dop_v1_${randomBytes(32).toString("hex")}`;
const digestOf = (value: string): string => createHash("sha256").update(value).digest("hex");

/** The token of the lab's owner, made once and kept in a file that only the owner reads. */
export const openOwnersToken = async (path: string): Promise<string> => {
  const kept = (await readIfThere(path))?.trim();
  if (kept !== undefined && TOKEN.test(kept)) return kept;
  const value = newValue();
  await writeAtomically(path, `${value}\n`);
  return value;
};

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Seconds; for ever where it is not given. */
  readonly expires_in?: number;
}

/** Who may call the API. */
export interface Tokens {
  /** The scopes of whoever has that token; undefined for a token that nobody has. */
  scopesOf(value: string): readonly string[] | undefined;
  /** Its value is told here, and never again. */
  create(token: NewToken): { readonly record: TokenRecord; readonly value: string };
}

export interface TokenOptions {
  readonly store: Pick<Store, "tokens">;
  readonly clock: Clock;
  /** The owner's. */
  readonly owner: string;
  /**
   * "owner": a token that nobody has opens everything, as where there is nothing but records to be
   * opened.
   */
  readonly strangers: "refused" | "owner";
}

const FULL_ACCESS = ["read", "write"];

export const createTokens = ({ store, clock, owner, strangers }: TokenOptions): Tokens => {
  const ownersDigest = digestOf(owner);
  const isOver = ({ expires_at }: TokenRecord): boolean =>
    expires_at !== null && Date.parse(expires_at) <= clock.now().getTime();
  return {
    scopesOf: (value) => {
      const digest = digestOf(value);
      if (digest === ownersDigest) return FULL_ACCESS;
      const known = store.tokens.find((one) => one.sha256 === digest);
      if (known) return isOver(known) ? undefined : known.scopes;
      return strangers === "owner" ? FULL_ACCESS : undefined;
    },
    create: ({ name, scopes, expires_in }) => {
      const value = newValue();
      const expires =
        expires_in === undefined ? undefined : clock.now().getTime() + expires_in * 1000;
      const record = store.tokens.insert({
        id: randomUUID(),
        name,
        scopes,
        sha256: digestOf(value),
        created_at: clock.now().toISOString(),
        expires_at: expires === undefined ? null : new Date(expires).toISOString(),
      });
      return { record, value };
    },
  };
};
