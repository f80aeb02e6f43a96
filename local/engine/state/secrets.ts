import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

import { EngineError } from "../errors";

const deriveKey = promisify(pbkdf2);
/** What the CLI's passphrase provider uses. */
const ITERATIONS = 1_000_000;

/**
 * Encrypts and decrypts as Pulumi's passphrase secrets provider does: "v1:<nonce>:<ciphertext and
 * tag>", base64, AES-256-GCM.
 */
export interface Crypter {
  encrypt(text: string): string;
  /** Throws on a ciphertext that this key did not make. */
  decrypt(ciphertext: string): string;
}

const crypterFor = (key: Buffer): Crypter => ({
  encrypt: (text) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([
      cipher.update(text, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  },
  decrypt: (ciphertext) => {
    const [version, nonce, sealed] = ciphertext.split(":");
    if (version !== "v1" || nonce === undefined || sealed === undefined)
      throw new Error("not a v1 ciphertext");
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString(
      "utf8",
    );
  },
});

/**
 * A stack's secrets: `salt` is "v1:<salt>:<verifier>", as kept in Pulumi.NAME.yaml
 * (`encryptionsalt`) and in the state.
 */
export interface SecretsManager extends Crypter {
  readonly salt: string;
}

/**
 * The manager for a stack that has secrets already. Throws an EngineError when the passphrase is
 * wrong.
 */
export const openSecrets = async (salt: string, passphrase: string): Promise<SecretsManager> => {
  const [version, encoded, ...verifier] = salt.split(":");
  if (version !== "v1" || encoded === undefined || verifier.length === 0)
    throw new EngineError(
      "malformed encryptionsalt: expected v1:<salt>:<verifier>. Restore it from the stack's Pulumi.NAME.yaml.",
    );
  const crypter = crypterFor(
    await deriveKey(passphrase, Buffer.from(encoded, "base64"), ITERATIONS, 32, "sha256"),
  );
  try {
    crypter.decrypt(verifier.join(":"));
  } catch {
    throw new EngineError(
      "incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE to the passphrase that this " +
        "stack was made with (or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it)",
    );
  }
  return { ...crypter, salt };
};

/** The manager for a new stack: a random salt. */
export const createSecrets = async (passphrase: string): Promise<SecretsManager> => {
  const salt = randomBytes(8);
  const crypter = crypterFor(await deriveKey(passphrase, salt, ITERATIONS, 32, "sha256"));
  return { ...crypter, salt: `v1:${salt.toString("base64")}:${crypter.encrypt("pulumi")}` };
};
