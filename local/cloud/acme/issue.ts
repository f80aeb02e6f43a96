import { randomBytes, X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exists } from "../files";
import { attempt, run } from "../machines/run-program";
import { problem } from "./problem";

export interface Issuer {
  /** What clients have to trust. */
  readonly rootPem: string;
  /**
   * @returns leaf and intermediate. Throws a problem when the request's names are not exactly
   * `hosts`, or it isn't signed.
   */
  issue(csr: Buffer, hosts: readonly string[]): Promise<string>;
}

const DAYS = 90;
const serial = (): string => `0x03${randomBytes(17).toString("hex")}`;

const makeChain = async (folder: string): Promise<void> => {
  const at = (name: string): string => join(folder, name);
  // The host's own openssl.cnf would add extensions of its own.
  await writeFile(at("openssl.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
  const request = [
    "openssl",
    "req",
    "-x509",
    "-config",
    at("openssl.cnf"),
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
  ] as const;
  const usage = [
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-addext",
    "subjectKeyIdentifier=hash",
  ];
  await run([
    ...request,
    "-days",
    "7300",
    "-subj",
    "/O=second-server lab/CN=Local ACME root",
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    ...usage,
    "-keyout",
    at("root.key"),
    "-out",
    at("root.crt"),
  ]);
  await run([
    ...request,
    "-days",
    "3650",
    "-subj",
    "/O=second-server lab/CN=Local ACME E1",
    "-addext",
    "basicConstraints=critical,CA:TRUE,pathlen:0",
    ...usage,
    "-CA",
    at("root.crt"),
    "-CAkey",
    at("root.key"),
    "-keyout",
    at("issuer.key"),
    "-out",
    at("issuer.crt.new"),
  ]);
  await rename(at("issuer.crt.new"), at("issuer.crt"));
};

const namesOf = async (file: string): Promise<string[]> => {
  const { code, stdout } = await attempt([
    "openssl",
    "req",
    "-in",
    file,
    "-inform",
    "DER",
    "-noout",
    "-verify",
    "-text",
  ]);
  if (code !== 0)
    throw problem(
      400,
      "badCSR",
      "The certificate request can't be read, or is not signed by its own key.",
    );
  const alternative = /X509v3 Subject Alternative Name:.*\n\s*(.+)/.exec(stdout)?.[1] ?? "";
  const common = /Subject:.*?CN\s*=\s*([^,/\n]+)/.exec(stdout)?.[1];
  const names = alternative
    .split(",")
    .map((entry) => entry.trim().replace(/^DNS:/, "").toLowerCase())
    .filter(Boolean);
  return [...new Set([...names, ...(common ? [common.trim().toLowerCase()] : [])])].sort();
};

const sign = async (folder: string, work: string, hosts: readonly string[]): Promise<string> => {
  await writeFile(
    join(work, "extensions"),
    [
      "basicConstraints=critical,CA:FALSE",
      "keyUsage=critical,digitalSignature,keyEncipherment",
      "extendedKeyUsage=serverAuth,clientAuth",
      "subjectKeyIdentifier=hash",
      "authorityKeyIdentifier=keyid",
      `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`,
    ].join("\n"),
  );
  return run([
    "openssl",
    "x509",
    "-req",
    "-inform",
    "DER",
    "-in",
    join(work, "csr.der"),
    "-CA",
    join(folder, "issuer.crt"),
    "-CAkey",
    join(folder, "issuer.key"),
    "-set_serial",
    serial(),
    "-days",
    String(DAYS),
    "-sha256",
    "-extfile",
    join(work, "extensions"),
  ]);
};

/**
 * The authority behind the ACME server: made once, kept for ever, so what it has issued goes on
 * verifying.
 */
export const openIssuer = async (folder: string): Promise<Issuer> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The intermediate is made last: where it is, all is.
  if (!(await exists(join(folder, "issuer.crt")))) await makeChain(folder);
  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
  const intermediate = await read("issuer.crt");
  return {
    rootPem: await read("root.crt"),
    issue: async (csr, hosts) => {
      const work = await mkdtemp(join(tmpdir(), "acme-"));
      try {
        await writeFile(join(work, "csr.der"), csr);
        const names = await namesOf(join(work, "csr.der"));
        if (names.join() !== [...hosts].sort().join())
          throw problem(
            400,
            "badCSR",
            `The request is for ${names.join(", ")}, the order for ${hosts.join(", ")}.`,
          );
        const leaf = await sign(folder, work, hosts);
        return new X509Certificate(leaf).toString() + intermediate;
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
};
