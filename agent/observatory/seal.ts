import {
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scryptSync,
} from "node:crypto";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/**
 * A file that only who has a password can read or make: gzip, in AES-256-GCM by a key of its own
 * that scrypt makes of the password and a salt. What is before the cipher text is authenticated with
 * it; only the size, by which somebody without the password sees that it came whole, is not.
 */
const MAGIC = Buffer.from("fleet-sealed-v1\n");
const [AT, SALT, NONCE, TAG] = [24, 16, 12, 16] as const;
const SIZE_AT = MAGIC.length;
const REST_AT = SIZE_AT + 8;
const HEAD = REST_AT + AT + SALT + NONCE;
const CIPHER = "aes-256-gcm";
/** 32 MiB and a tenth of a second, for a password that somebody has chosen. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;

/** What is sealed has no size yet, and is not the same as another of the same moment. */
const freshHead = (at: Date): Buffer =>
  Buffer.concat([MAGIC, Buffer.alloc(8), Buffer.from(at.toISOString()), randomBytes(SALT + NONCE)]);

const keyAndNonce = (head: Buffer, password: string): readonly [Buffer, Buffer] => [
  scryptSync(password, head.subarray(REST_AT + AT, REST_AT + AT + SALT), 32, COST),
  head.subarray(HEAD - NONCE, HEAD),
];
const authenticated = (head: Buffer): Buffer =>
  Buffer.concat([head.subarray(0, SIZE_AT), head.subarray(REST_AT)]);

const bytesAt = (path: string, from: number, count: number): Buffer => {
  const [handle, bytes] = [openSync(path, "r"), Buffer.alloc(count)];
  try {
    const read = readSync(handle, bytes, 0, count, from);
    return bytes.subarray(0, read);
  } finally {
    closeSync(handle);
  }
};

/** The head of a sealed file that is as long as it says. @throws where it is none. */
export const headOf = (path: string): Buffer => {
  const head = bytesAt(path, 0, HEAD);
  if (head.length < HEAD || !head.subarray(0, SIZE_AT).equals(MAGIC))
    throw new Error("it is no sealed file");
  const [told, size] = [head.readBigUInt64BE(SIZE_AT), BigInt(statSync(path).size)];
  if (told !== size || size < BigInt(HEAD + TAG))
    throw new Error(`it has ${size} bytes of the ${told} that were sealed`);
  return head;
};

/** `source`, sealed as `target`, which must not be there. */
export const seal = async (
  source: string,
  target: string,
  password: string,
  at: Date,
): Promise<void> => {
  const head = freshHead(at);
  const cipher: CipherGCM = createCipheriv(CIPHER, ...keyAndNonce(head, password));
  cipher.setAAD(authenticated(head));
  const out = openSync(target, "wx", 0o600);
  try {
    writeSync(out, head);
    await pipeline(
      createReadStream(source),
      createGzip(),
      cipher,
      createWriteStream(target, { fd: out, autoClose: false, start: HEAD }),
    );
    const { size } = fstatSync(out);
    writeSync(out, cipher.getAuthTag(), 0, TAG, size);
    head.writeBigUInt64BE(BigInt(size + TAG), SIZE_AT);
    writeSync(out, head, 0, HEAD, 0);
  } finally {
    closeSync(out);
  }
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * What was sealed, as `target`; resolves with the moment that it is of. It is read twice: nothing of
 * it is unpacked or written before it is known to be whole and of one who has the password.
 */
export const unseal = async (path: string, target: string, password: string): Promise<Date> => {
  const head = headOf(path);
  const { size } = statSync(path);
  const [key, nonce] = keyAndNonce(head, password);
  const opened = () => {
    const decipher = createDecipheriv(CIPHER, key, nonce);
    decipher.setAAD(authenticated(head));
    decipher.setAuthTag(bytesAt(path, size - TAG, TAG));
    return decipher;
  };
  const read = () => createReadStream(path, { start: HEAD, end: size - TAG - 1 });
  try {
    await pipeline(read(), opened(), nowhere());
  } catch {
    throw new Error("it was changed, or sealed with another password");
  }
  try {
    await pipeline(
      read(),
      opened(),
      createGunzip(),
      createWriteStream(target, { flags: "wx", mode: 0o600 }),
    );
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  }
  return new Date(head.subarray(REST_AT, REST_AT + AT).toString());
};
