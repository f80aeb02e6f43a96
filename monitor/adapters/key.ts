import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Signs the links in mails and what the CLI and the primary send. */
export interface Key {
  readonly secret: string;
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/** @throws when the secret is too short. */
export const createKey = (secret: string): Key => {
  if (secret.length < 32)
    throw new Error(
      "the signing key is shorter than 32 characters; make one with: openssl rand -hex 32",
    );
  const sign = (text: string): string =>
    createHmac("sha256", secret).update(text).digest("base64url");
  return {
    secret,
    sign,
    verify: (text, signature) => {
      const [right, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
      return right.length === given.length && timingSafeEqual(right, given);
    },
  };
};

/** @throws when it can't be read. */
export const readKey = (file: string): Key => createKey(readFileSync(file, "utf8").trim());

/**
 * The file named in the configuration, or one beside the database, made when it isn't there yet.
 */
export const loadKey = (path: string | undefined, database: string): Key => {
  const file = path ?? join(dirname(database), "signing.key");
  if (path === undefined && !existsSync(file))
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  return readKey(file);
};
