/**
 * An empty repository of restic's that opens at once. restic makes its keys so dear that each
 * opening takes half a second, and a test opens one twenty times; here the password of the tests
 * opens it by a key that costs nothing. All else in it is as `restic init` made it.
 *
 * Formats: https://restic.readthedocs.io/en/stable/100_references.html ("Keys, Encryption and MAC").
 */
import { execFileSync } from "node:child_process";
import { createCipheriv, createHash, randomBytes, scryptSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "of the tests";

const littleEndian = (bytes: Buffer): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`);

/** RFC 8439, section 2.5. */
const poly1305 = (message: Buffer, r: Buffer, s: Buffer): Buffer => {
  const [prime, mask] = [(1n << 130n) - 5n, 0x0ffffffc0ffffffc0ffffffc0fffffffn];
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = littleEndian(Buffer.concat([message.subarray(at, at + 16), Buffer.of(1)]));
    sum = ((sum + block) * (littleEndian(r) & mask)) % prime;
  }
  const tag = (sum + littleEndian(s)) & ((1n << 128n) - 1n);
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
};

/** AES-256 in counter mode, its Poly1305-AES behind it. */
const sealed = (text: string, keys: Buffer): Buffer => {
  const nonce = randomBytes(16);
  const [encrypt, k, r] = [keys.subarray(0, 32), keys.subarray(32, 48), keys.subarray(48, 64)];
  const hidden = createCipheriv("aes-256-ctr", encrypt, nonce).update(text);
  const once = createCipheriv("aes-128-ecb", k, null).update(nonce);
  return Buffer.concat([nonce, hidden, poly1305(hidden, r, once)]);
};

const cheapKey = (masterKey: string): string => {
  const [cost, salt] = [{ N: 2, r: 1, p: 1 }, randomBytes(64)];
  return JSON.stringify({
    created: new Date().toISOString(),
    username: "tests",
    hostname: "tests",
    kdf: "scrypt",
    ...cost,
    salt: salt.toString("base64"),
    data: sealed(masterKey, scryptSync(PASSWORD, salt, 64, cost)).toString("base64"),
  });
};

/** Makes one, and returns its folder, which is the caller's to copy and to remove. */
export const makeTemplate = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "agent-repository-"));
  const restic = (...words: readonly string[]): string =>
    execFileSync("restic", ["--no-cache", "--repo", folder, ...words], {
      encoding: "utf8",
      env: { ...process.env, RESTIC_PASSWORD: PASSWORD },
      stdio: ["ignore", "pipe", "pipe"],
    });
  restic("init");
  const keys = join(folder, "keys");
  const dear = readdirSync(keys);
  const key = cheapKey(restic("cat", "masterkey"));
  writeFileSync(join(keys, createHash("sha256").update(key).digest("hex")), key);
  for (const name of dear) rmSync(join(keys, name));
  return folder;
};
