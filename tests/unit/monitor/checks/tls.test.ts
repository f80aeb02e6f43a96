import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createPlain, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TlsOptions } from "node:tls";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Check } from "@second-server/contract/check-settings";

import type { Outcome } from "../../../../monitor/checks/outcome";

let folder = "";
const servers: Server[] = [];
const at = (name: string): string => join(folder, name);
const ec = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

const authority = (): void => {
  writeFileSync(
    at("openssl.cnf"),
    "[req]\n" +
      "distinguished_name=dn\n" +
      "[dn]\n" +
      "[ca]\n" +
      "default_ca=lab\n" +
      "[lab]\n" +
      `database=${at("index")}\n` +
      `new_certs_dir=${folder}\n` +
      `certificate=${at("ca.crt")}\n` +
      `private_key=${at("ca.key")}\n` +
      "default_md=sha256\n" +
      "rand_serial=yes\n" +
      "copy_extensions=copy\n" +
      "policy=any\n" +
      "unique_subject=no\n" +
      "[any]\n" +
      "commonName=supplied\n",
  );
  writeFileSync(at("index"), "");
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-config",
      at("openssl.cnf"),
      "-newkey",
      ...ec,
      "-nodes",
      "-days",
      "30",
      "-subj",
      "/CN=lab",
      "-addext",
      "basicConstraints=critical,CA:TRUE",
      "-keyout",
      at("ca.key"),
      "-out",
      at("ca.crt"),
    ],
    { stdio: "ignore" },
  );
};

/** A certificate of the lab's own authority, for a name and a time (YYMMDDhhmmssZ). */
const issue = (
  name: string,
  host: string,
  [from, to]: readonly [string, string],
  key: readonly string[] = ec,
): TlsOptions => {
  execFileSync(
    "openssl",
    [
      "req",
      "-config",
      at("openssl.cnf"),
      "-newkey",
      ...key,
      "-nodes",
      "-subj",
      `/CN=${host}`,
      "-addext",
      `subjectAltName=DNS:${host}`,
      "-keyout",
      at(`${name}.key`),
      "-out",
      at(`${name}.csr`),
    ],
    { stdio: "ignore" },
  );
  execFileSync(
    "openssl",
    [
      "ca",
      "-config",
      at("openssl.cnf"),
      "-batch",
      "-notext",
      "-startdate",
      from,
      "-enddate",
      to,
      "-in",
      at(`${name}.csr`),
      "-out",
      at(`${name}.crt`),
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(at(`${name}.key`)), cert: readFileSync(at(`${name}.crt`)) };
};

const listen = async (server: Server): Promise<number> => {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const secure = (
  options: TlsOptions,
  answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
): Promise<number> =>
  listen(
    createServer(options, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => socket.end(answer));
    }),
  );

const run = async (checks: readonly Check[]): Promise<Outcome[]> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", join(__dirname, "run-checks.ts"), JSON.stringify(checks)],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: at("ca.crt") } },
  );
  return JSON.parse(stdout) as Outcome[];
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  authority();
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

test("TLS as it should not be: each is named, none passes, none hangs; a good one passes", async () => {
  const now: readonly [string, string] = ["200101000000Z", "491231235959Z"];
  const good = issue("good", "localhost", now);
  const places: Readonly<Record<string, number>> = {
    good: await secure(good),
    expired: await secure(issue("expired", "localhost", ["200101000000Z", "200201000000Z"])),
    early: await secure(issue("early", "localhost", ["480101000000Z", "491231235959Z"])),
    stranger: await secure(issue("stranger", "other.test", now)),
    weakKey: await secure({
      ...issue("weak", "localhost", now, ["rsa:1024"]),
      ciphers: "DEFAULT@SECLEVEL=0",
    }),
    old: await secure({
      ...good,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    }),
    silent: await listen(createPlain(() => undefined)),
    plain: await listen(createPlain((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))),
    gone: await listen(createPlain((socket) => socket.destroy())),
    down: await secure(
      good,
      "HTTP/1.1 302 Found\r\nlocation: http://localhost/\r\ncontent-length: 0\r\n\r\n",
    ),
  };
  const names = Object.keys(places);
  const https = names.map((id): Check => ({
    kind: "http",
    id,
    url: `https://localhost:${places[id]}/`,
    status: 200,
    redirects: 3,
    timeoutSeconds: id === "silent" ? 0.5 : 20,
  }));
  const certificates = names.map((id): Check => ({
    kind: "certificate",
    id,
    host: "localhost",
    port: places[id],
    timeoutSeconds: id === "silent" ? 0.5 : 20,
  }));
  const found = await run([...https, ...certificates]);
  const said = (outcomes: readonly Outcome[]): Record<string, string> =>
    Object.fromEntries(
      outcomes.map(({ result, error }, index): [string, string] => [
        names[index] ?? "",
        error ?? result,
      ]),
    );
  expect(said(found.slice(0, names.length))).toEqual({
    good: "pass",
    expired: "certificate has expired",
    early: "certificate is not valid yet",
    stranger: "certificate is for another name",
    weakKey: "pass",
    old: expect.stringMatching(/^TLS handshake failed: .*protocol/),
    silent: expect.stringMatching(/^no (TLS handshake|connection) within 0.5 s$/),
    plain: "the answer is not TLS",
    gone: expect.stringMatching(/^(the connection was closed without an answer|connection reset)$/),
    down: "redirected from https to http",
  });
  const unverified = "the certificate of localhost does not verify: certificate";
  expect(said(found.slice(names.length))).toEqual({
    good: "pass",
    expired: `${unverified} has expired`,
    early: `${unverified} is not valid yet`,
    stranger: `${unverified} is for another name`,
    weakKey: "the certificate of localhost has a weak key (RSA of 1024 bits)",
    old: expect.stringMatching(/^TLS handshake failed: .*protocol/),
    silent: expect.stringMatching(/^no (TLS handshake|connection) within 0.5 s$/),
    plain: "the answer is not TLS",
    gone: "connection reset",
    down: "pass",
  });
});
