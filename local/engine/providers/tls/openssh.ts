import { createHash, type KeyObject, randomBytes } from "node:crypto";

import { z } from "zod";

/** SSH's wire format: each field with its length before it (RFC 4251). */
const field = (data: Buffer | string): Buffer => {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A positive big integer: without leading zeros, with one where the first bit is set. */
const mpint = (encoded: string): Buffer => {
  let bytes = Buffer.from(encoded, "base64url");
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1);
  return field((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
};

const CURVES = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" } as const;
/** A private key as Node exports it; all but the first two in base64url. */
const jwkSchema = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("OKP"), x: z.string(), d: z.string() }),
  z.object({
    kty: z.literal("RSA"),
    n: z.string(),
    e: z.string(),
    d: z.string(),
    qi: z.string(),
    p: z.string(),
    q: z.string(),
  }),
  z.object({
    kty: z.literal("EC"),
    crv: z.enum(["P-256", "P-384", "P-521"]),
    x: z.string(),
    y: z.string(),
    d: z.string(),
  }),
]);
type Jwk = z.infer<typeof jwkSchema>;

interface Encoded {
  readonly type: string;
  readonly publicFields: Buffer;
  readonly privateFields: Buffer;
}

const encode = (jwk: Jwk): Encoded => {
  if (jwk.kty === "OKP") {
    const [x, d] = [Buffer.from(jwk.x, "base64url"), Buffer.from(jwk.d, "base64url")];
    return {
      type: "ssh-ed25519",
      publicFields: field(x),
      privateFields: Buffer.concat([field(x), field(Buffer.concat([d, x]))]),
    };
  }
  if (jwk.kty === "RSA") {
    const { n, e, d, qi, p, q } = jwk;
    return {
      type: "ssh-rsa",
      publicFields: Buffer.concat([e, n].map(mpint)),
      privateFields: Buffer.concat([n, e, d, qi, p, q].map(mpint)),
    };
  }
  const curve = CURVES[jwk.crv];
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(jwk.x, "base64url"),
    Buffer.from(jwk.y, "base64url"),
  ]);
  const publicFields = Buffer.concat([field(curve), field(point)]);
  return {
    type: `ecdsa-sha2-${curve}`,
    publicFields,
    privateFields: Buffer.concat([publicFields, mpint(jwk.d)]),
  };
};

const armour = (bytes: Buffer): string =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes
    .toString("base64")
    .replace(/(.{70})/g, "$1\n")
    .replace(/\n$/, "")}\n-----END OPENSSH PRIVATE KEY-----\n`;

export interface OpenSshForms {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly md5: string;
  readonly sha256: string;
}

/** OpenSSH's forms of a private key; undefined for what OpenSSH does not know (P-224). */
export const openSshForms = (key: KeyObject): OpenSshForms | undefined => {
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const jwk = jwkSchema.parse(key.export({ format: "jwk" }));
  const { type, publicFields, privateFields } = encode(jwk);
  const publicBlob = Buffer.concat([field(type), publicFields]);
  const check = randomBytes(4);
  const inner = Buffer.concat([check, check, field(type), privateFields, field("")]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1),
  );
  const count = Buffer.from([0, 0, 0, 1]);
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    count,
    field(publicBlob),
    field(Buffer.concat([inner, padding])),
  ]);
  const md5 = createHash("md5")
    .update(publicBlob)
    .digest("hex")
    .replace(/..(?=.)/g, "$&:");
  const sha256 = `SHA256:${createHash("sha256").update(publicBlob).digest("base64").replace(/=+$/, "")}`;
  return {
    publicKey: `${type} ${publicBlob.toString("base64")}\n`,
    privateKey: armour(whole),
    md5,
    sha256,
  };
};
