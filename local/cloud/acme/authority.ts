import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { exists } from "../files";
import { run } from "../machines/run-program";

/** The lab's own certificate authority and the one certificate that all of its servers show. */
export interface Authority {
  readonly caPem: string;
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const serverNames = [
  "api.digitalocean.com",
  "api.lab.test",
  "acme-v02.api.letsencrypt.org",
  "acme-staging-v02.api.letsencrypt.org",
  "relay.lab.test",
  "offsite.lab.test",
  "localhost",
].map((name) => `DNS:${name}`);
const serverAddresses = ["192.0.2.10", "192.0.2.14", "192.0.2.25", "127.0.0.1"].map(
  (address) => `IP:${address}`,
);
const years = ["-days", "3650"] as const;
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] as const;

/** The host's own openssl.cnf would add extensions of its own. */
const configure = async (folder: string): Promise<string> => {
  const path = join(folder, "openssl.cnf");
  await writeFile(path, "[req]\ndistinguished_name = dn\n[dn]\n");
  return path;
};

const makeCa = async (config: string, key: string, certificate: string): Promise<void> => {
  await run([
    "openssl",
    "req",
    "-x509",
    "-config",
    config,
    ...newKey,
    ...years,
    "-subj",
    "/O=second-server/CN=second-server lab CA",
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-addext",
    "subjectKeyIdentifier=hash",
    "-keyout",
    key,
    "-out",
    `${certificate}.new`,
  ]);
  // Half a certificate, of a start that was killed, would be kept for ever.
  await rename(`${certificate}.new`, certificate);
};

const makeServerCertificate = async (
  config: string,
  folder: string,
  key: string,
  certificate: string,
): Promise<void> => {
  await run([
    "openssl",
    "req",
    "-x509",
    "-config",
    config,
    "-CA",
    join(folder, "ca.crt"),
    "-CAkey",
    join(folder, "ca.key"),
    ...newKey,
    ...years,
    "-subj",
    "/CN=second-server lab",
    "-addext",
    "basicConstraints=critical,CA:FALSE",
    "-addext",
    "extendedKeyUsage=serverAuth",
    "-addext",
    `subjectAltName=${[...serverNames, ...serverAddresses].join(",")}`,
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
};

/**
 * Makes the authority on the first start and keeps it; the server's certificate is made anew at
 * each start, as its names may have changed.
 */
export const openAuthority = async (folder: string): Promise<Authority> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const config = await configure(folder);
  if (!(await exists(at("ca.crt")))) await makeCa(config, at("ca.key"), at("ca.crt"));
  await makeServerCertificate(config, folder, at("server.key"), at("server.crt"));
  const read = (name: string): Promise<string> => readFile(at(name), "utf8");
  return {
    caPem: await read("ca.crt"),
    certificate: await read("server.crt"),
    key: await read("server.key"),
    certificateFile: at("server.crt"),
    keyFile: at("server.key"),
  };
};
