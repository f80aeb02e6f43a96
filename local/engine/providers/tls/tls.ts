import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

import type { Props } from "../../values/value";
import { inputDiff } from "../diff";
import { type Kind, number, type Package, text } from "../provider";
import { openSshForms } from "./openssh";

const generate = promisify(generateKeyPair);
const CURVES: Readonly<Record<string, string>> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};
const RSA_BITS = 2048;
const DEFAULTS: Props = { ecdsaCurve: "P224", rsaBits: RSA_BITS };
const curveOf = (inputs: Props): string => {
  const name = text(inputs["ecdsaCurve"]) ?? "";
  const curve = CURVES[name];
  if (curve === undefined) throw new Error(`"${name}" is none of the curves known here`);
  return curve;
};

const newKey = async (inputs: Props): Promise<KeyObject> => {
  switch (text(inputs["algorithm"])) {
    case "ED25519":
      return (await generate("ed25519")).privateKey;
    case "RSA":
      return (await generate("rsa", { modulusLength: number(inputs["rsaBits"]) ?? RSA_BITS }))
        .privateKey;
    default:
      return (await generate("ec", { namedCurve: curveOf(inputs) })).privateKey;
  }
};

/** PEM as the provider gives it: PKCS#1 for RSA, SEC 1 for ECDSA, PKCS#8 for ED25519. */
const TRADITIONAL: Readonly<Record<string, "pkcs1" | "sec1" | "pkcs8">> = {
  RSA: "pkcs1",
  ECDSA: "sec1",
  ED25519: "pkcs8",
};

const pem = (key: KeyObject, type: "pkcs1" | "sec1" | "pkcs8"): string =>
  key.export({ format: "pem", type }).toString();

const privateKey: Kind = {
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  check: (given) => {
    const failures = [];
    if (typeof given["algorithm"] === "string" && !(given["algorithm"] in TRADITIONAL))
      failures.push({
        property: "algorithm",
        reason: `expected one of RSA, ECDSA, ED25519, got ${given["algorithm"]}`,
      });
    if (typeof given["ecdsaCurve"] === "string" && !(given["ecdsaCurve"] in CURVES))
      failures.push({
        property: "ecdsaCurve",
        reason: `expected one of P224, P256, P384, P521, got ${given["ecdsaCurve"]}`,
      });
    if (given["algorithm"] === undefined)
      failures.push({ property: "algorithm", reason: "is required" });
    return { inputs: given, failures };
  },
  diff: (old, now) => ({ ...inputDiff(old.inputs, now, "*"), rough: true }),
  create: async (given) => {
    const inputs = { ...DEFAULTS, ...given };
    const key = await newKey(inputs);
    const publicKey = createPublicKey(key);
    const forms = openSshForms(key);
    const outputs: Props = {
      ...inputs,
      privateKeyOpenssh: forms?.privateKey ?? "",
      privateKeyPem: pem(key, TRADITIONAL[text(inputs["algorithm"]) ?? ""] ?? "pkcs8"),
      privateKeyPemPkcs8: pem(key, "pkcs8"),
      publicKeyOpenssh: forms?.publicKey ?? "",
      publicKeyPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
      publicKeyFingerprintMd5: forms?.md5 ?? "",
      publicKeyFingerprintSha256: forms?.sha256 ?? "",
    };
    const id = createHash("sha1")
      .update(publicKey.export({ format: "der", type: "spki" }))
      .digest("hex");
    return { id, outputs: { ...outputs, id, __meta: '{"schema_version":"1"}' } };
  },
  read: (old) => Promise.resolve(old),
  preview: (inputs) => ({ ...DEFAULTS, ...inputs }),
};

export const tlsPackage: Package = {
  settings: [],
  open: () => ({ lookups: {}, kinds: { "tls:index/privateKey:PrivateKey": privateKey } }),
};
