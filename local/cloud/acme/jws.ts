import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";

import { z } from "zod";

import { messageOf } from "../caught";
import { problem } from "./problem";

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);
const envelope = z.object({ protected: base64url, payload: base64url, signature: base64url });
const jwk = z.object({ kty: z.enum(["RSA", "EC", "OKP"]) }).catchall(z.string());
const header = z.object({
  alg: z.enum(["RS256", "ES256", "ES384", "EdDSA"]),
  nonce: z.string(),
  url: z.string(),
  kid: z.string().optional(),
  jwk: jwk.optional(),
});

export type AccountKey = z.infer<typeof jwk>;
export interface Signed {
  readonly url: string;
  readonly nonce: string;
  readonly kid?: string;
  readonly jwk?: AccountKey;
  /** Undefined for POST-as-GET. */ readonly payload: unknown;
  isSignedBy(key: AccountKey): boolean;
}

const decode = (text: string): unknown =>
  JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
const publicKey = (key: AccountKey): KeyObject =>
  createPublicKey({ key: { ...key }, format: "jwk" });

const check = (
  alg: z.infer<typeof header>["alg"],
  key: AccountKey,
  data: Buffer,
  signature: Buffer,
): boolean => {
  try {
    switch (alg) {
      case "RS256":
        return key.kty === "RSA" && verify("sha256", data, publicKey(key), signature);
      case "ES256":
        return (
          key.crv === "P-256" &&
          verify("sha256", data, { key: publicKey(key), dsaEncoding: "ieee-p1363" }, signature)
        );
      case "ES384":
        return (
          key.crv === "P-384" &&
          verify("sha384", data, { key: publicKey(key), dsaEncoding: "ieee-p1363" }, signature)
        );
      case "EdDSA":
        return key.crv === "Ed25519" && verify(null, data, publicKey(key), signature);
      default:
        return alg satisfies never;
    }
  } catch {
    // A key that OpenSSL can't read has signed nothing.
    return false;
  }
};

/** A request's body (RFC 8555, 6.2). Nothing in it is to be believed before `isSignedBy`. */
export const parseJws = (text: string): Signed => {
  try {
    const outer = envelope.parse(JSON.parse(text));
    const { alg, kid, jwk: key, nonce, url } = header.parse(decode(outer.protected));
    if ((kid === undefined) === (key === undefined)) throw new Error("either kid or jwk");
    const payload = outer.payload === "" ? undefined : decode(outer.payload);
    const data = Buffer.from(`${outer.protected}.${outer.payload}`),
      signature = Buffer.from(outer.signature, "base64url");
    return {
      url,
      nonce,
      ...(kid ? { kid } : {}),
      ...(key ? { jwk: key } : {}),
      payload,
      isSignedBy: (by) => check(alg, by, data, signature),
    };
  } catch (error) {
    throw problem(
      400,
      "malformed",
      `The request is no JWS that is understood here: ${error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : messageOf(error)}`,
    );
  }
};

const members: Readonly<Record<AccountKey["kty"], readonly string[]>> = {
  RSA: ["e", "kty", "n"],
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
};
/** RFC 7638. */
export const thumbprint = (key: AccountKey): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(members[key.kty].map((name) => [name, key[name]]))))
    .digest("base64url");
