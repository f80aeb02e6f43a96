import { execFileSync } from "node:child_process";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Hono } from "hono";

import { openAcmeStore } from "../../local/cloud/acme/acme-store";
import type { Fetched } from "../../local/cloud/acme/fetch";
import { openIssuer } from "../../local/cloud/acme/issue";
import { thumbprint, type AccountKey } from "../../local/cloud/acme/jws";
import { createAcme } from "../../local/cloud/acme/server";
import { testApi, type TestApi } from "./harness";

const ORIGIN = "https://acme-v02.api.letsencrypt.org";
let folder: string,
  api: TestApi,
  app: Hono,
  pages: Map<string, Fetched>,
  failing: boolean,
  dnsDown: boolean;

const boot = async (): Promise<void> => {
  app = createAcme({
    store: await openAcmeStore(join(folder, "state.json")),
    issuer: await openIssuer(join(folder, "ca")),
    clock: api.clock,
    failing: () => failing,
    log: (line) => api.log.push(line),
    outside: {
      state: api.cloud.store.state,
      dnsFault: () => dnsDown,
      fetch: (url, address) =>
        Promise.resolve(pages.get(`${address} ${url}`) ?? { status: 404, body: "" }),
    },
  });
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "acme-"));
  api = await testApi();
  pages = new Map();
  failing = dnsDown = false;
  await api.call("POST", "/v2/domains", { name: "example.test", ip_address: "203.0.113.200" });
  await api.call("POST", "/v2/domains/example.test/records", {
    type: "A",
    name: "blog",
    data: "203.0.113.200",
  });
  await boot();
});
afterEach(() => rm(folder, { recursive: true }));

/** A client as small as can be: a key, and requests signed with it. */
/** What the ACME server's objects hold (RFC 8555, 7.1), and its errors. */
interface AcmeAnswer {
  readonly type: string;
  readonly detail: string;
  readonly status: string;
  readonly identifier: { readonly type: string; readonly value: string };
  readonly challenges: readonly [AcmeChallenge, ...AcmeChallenge[]];
  readonly authorizations: readonly [string, ...string[]];
  readonly finalize: string;
  readonly certificate: string;
  readonly wildcard?: boolean;
}
interface AcmeChallenge {
  readonly type: string;
  readonly url: string;
  readonly token: string;
  readonly error: { readonly type: string; readonly detail: string };
}

class Client {
  readonly key: KeyObject;
  readonly jwk: AccountKey;
  kid: string | undefined;
  constructor(key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey) {
    this.key = key;
    this.jwk = createPublicKey(key).export({ format: "jwk" }) as AccountKey;
  }
  async nonce(): Promise<string> {
    return (
      await app.request(`${ORIGIN}/acme/new-nonce`, {
        method: "HEAD",
        headers: { host: "acme-v02.api.letsencrypt.org" },
      })
    ).headers.get("replay-nonce")!;
  }
  async post(
    url: string,
    payload: unknown,
    over: Record<string, unknown> = {},
  ): Promise<{ status: number; body: AcmeAnswer; text: string; headers: Headers }> {
    const encode = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = encode({
      alg: "ES256",
      nonce: await this.nonce(),
      url,
      ...(this.kid ? { kid: this.kid } : { jwk: this.jwk }),
      ...over,
    });
    const content = payload === undefined ? "" : encode(payload);
    const signature = sign("sha256", Buffer.from(`${head}.${content}`), {
      key: this.key,
      dsaEncoding: "ieee-p1363",
    }).toString("base64url");
    const response = await app.request(url, {
      method: "POST",
      headers: { host: "acme-v02.api.letsencrypt.org", "content-type": "application/jose+json" },
      body: JSON.stringify({ protected: head, payload: content, signature }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (text.startsWith("{") ? JSON.parse(text) : {}) as AcmeAnswer,
    };
  }
  async register(): Promise<void> {
    const { status, headers } = await this.post(`${ORIGIN}/acme/new-acct`, {
      termsOfServiceAgreed: true,
      contact: ["mailto:a@example.test"],
    });
    expect([200, 201]).toContain(status);
    this.kid = headers.get("location")!;
  }
  /**
   * Puts the page there (unless told not to), says so, and looks again until the order has settled.
   */
  async order(
    hosts: readonly string[],
    answerWith: (token: string) => string | null = (token) => `${token}.${thumbprint(this.jwk)}`,
  ): Promise<{ url: string; order: AcmeAnswer; authorizations: AcmeAnswer[] }> {
    const { body, headers } = await this.post(`${ORIGIN}/acme/new-order`, {
      identifiers: hosts.map((value) => ({ type: "dns", value })),
    });
    const url = headers.get("location")!;
    for (const authorization of body.authorizations) {
      const { identifier, challenges } = (await this.post(authorization, undefined)).body;
      const challenge = challenges.find((one) => one.type === "http-01")!;
      const page = answerWith(challenge.token);
      if (page !== null)
        pages.set(
          `203.0.113.200 http://${identifier.value}/.well-known/acme-challenge/${challenge.token}`,
          { status: 200, body: page },
        );
      expect((await this.post(challenge.url, {})).headers.get("link")).toContain('rel="up"');
    }
    for (let look = 0; look < 50; look++) {
      const order = (await this.post(url, undefined)).body;
      if (order.status !== "pending")
        return {
          url,
          order,
          authorizations: await Promise.all(
            body.authorizations.map(async (one) => (await this.post(one, undefined)).body),
          ),
        };
    }
    throw new Error("the order does not settle");
  }
  async finish(order: AcmeAnswer, hosts: readonly string[]): Promise<string> {
    const done = await this.post(order.finalize, {
      csr: (await request(hosts)).toString("base64url"),
    });
    expect(done).toMatchObject({ status: 200, body: { status: "valid" } });
    return (await this.post(done.body.certificate, undefined)).text;
  }
}

const request = async (hosts: readonly string[]): Promise<Buffer> => {
  await writeFile(join(folder, "cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
  const names = hosts.map((host) => `DNS:${host}`).join(",");
  execFileSync(
    "openssl",
    [
      "req",
      "-new",
      "-config",
      join(folder, "cnf"),
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      join(folder, "leaf.key"),
      "-subj",
      "/",
      "-addext",
      `subjectAltName=${names}`,
      "-outform",
      "DER",
      "-out",
      join(folder, "csr"),
    ],
    { stdio: "ignore" },
  );
  return readFile(join(folder, "csr"));
};
const verifies = async (pem: string, host: string): Promise<string> => {
  await writeFile(join(folder, "chain.pem"), pem);
  return execFileSync("openssl", [
    "verify",
    "-CAfile",
    join(folder, "ca/root.crt"),
    "-untrusted",
    join(folder, "chain.pem"),
    "-verify_hostname",
    host,
    join(folder, "chain.pem"),
  ]).toString();
};

test("a certificate for two names, by http-01, good for 90 days and verified by the root", async () => {
  const client = new Client(),
    hosts = ["example.test", "blog.example.test"];
  await client.register();
  const { order } = await client.order(hosts);
  expect(order.status).toBe("ready");
  const pem = await client.finish(order, hosts);
  expect(await verifies(pem, "blog.example.test")).toContain("OK");
  const leaf = new X509Certificate(pem);
  expect(leaf.subjectAltName).toBe("DNS:example.test, DNS:blog.example.test");
  expect(Math.round((Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000)).toBe(90);
});

test("accounts, and the root, outlive a restart: the same key gets another certificate", async () => {
  const client = new Client();
  await client.register();
  const root = await readFile(join(folder, "ca/root.crt"), "utf8");
  await boot();
  const { order } = await client.order(["example.test"]);
  expect(await verifies(await client.finish(order, ["example.test"]), "example.test")).toContain(
    "OK",
  );
  expect(await readFile(join(folder, "ca/root.crt"), "utf8")).toBe(root);
  const kid = client.kid;
  client.kid = undefined;
  await client.register();
  expect(client.kid).toBe(kid);
});

test.each([
  ["nothing there", () => null, "unauthorized"],
  ["another's answer", (token: string) => `${token}.somebody`, "unauthorized"],
])("%s: the authorization and the order are invalid, and say why", async (_, page, type) => {
  const client = new Client();
  await client.register();
  const { order, authorizations } = await client.order(["example.test"], page);
  expect(order.status).toBe("invalid");
  expect(authorizations[0]?.challenges[0].error.type).toBe(`urn:ietf:params:acme:error:${type}`);
  expect((await client.post(order.finalize, { csr: "AAAA" })).body.type).toContain("orderNotReady");
});

test("a CAA record for somebody else forbids, one for Let's Encrypt at the parent allows; no record and a broken DNS are told apart", async () => {
  const client = new Client();
  await client.register();
  const caa = (
    await api.call("POST", "/v2/domains/example.test/records", {
      type: "CAA",
      name: "@",
      data: "other.test.",
      flags: 0,
      tag: "issue",
    })
  ).body.domain_record;
  const failure = async (host: string) =>
    (await client.order([host])).authorizations[0]?.challenges[0].error;
  expect((await failure("blog.example.test"))?.type).toContain(":caa");
  await api.call("PUT", `/v2/domains/example.test/records/${caa.id}`, { data: "letsencrypt.org." });
  expect((await client.order(["blog.example.test"])).order.status).toBe("ready");
  expect((await failure("nowhere.example.test"))?.detail).toContain("NXDOMAIN");
  dnsDown = true;
  expect((await failure("example.test"))?.detail).toContain("SERVFAIL");
});

test("dns-01 proves a wildcard", async () => {
  const client = new Client();
  await client.register();
  const { body, headers } = await client.post(`${ORIGIN}/acme/new-order`, {
    identifiers: [{ type: "dns", value: "*.example.test" }],
  });
  const { challenges, wildcard } = (await client.post(body.authorizations[0], undefined)).body;
  expect({ wildcard, types: challenges.map((one) => one.type) }).toEqual({
    wildcard: true,
    types: ["dns-01"],
  });
  const digest = createHash("sha256")
    .update(`${challenges[0].token}.${thumbprint(client.jwk)}`)
    .digest("base64url");
  await api.call("POST", "/v2/domains/example.test/records", {
    type: "TXT",
    name: "_acme-challenge",
    data: digest,
  });
  await client.post(challenges[0].url, {});
  let order = { status: "pending" };
  for (let look = 0; look < 50 && order.status === "pending"; look++)
    order = (await client.post(headers.get("location")!, undefined)).body;
  expect(order.status).toBe("ready");
});

test("what is forged is refused: a used nonce, another's key, another url, another's order, other names in the request", async () => {
  const client = new Client(),
    thief = new Client();
  await client.register();
  await thief.register();
  expect(
    (await client.post(`${ORIGIN}/acme/new-order`, {}, { nonce: "made-up" })).body.type,
  ).toContain("badNonce");
  expect(
    (await thief.post(`${ORIGIN}/acme/new-order`, {}, { kid: client.kid })).body.detail,
  ).toContain("signature");
  expect(
    (await client.post(`${ORIGIN}/acme/new-order`, {}, { url: `${ORIGIN}/acme/revoke-cert` }))
      .status,
  ).toBe(401);
  const { order, url } = await client.order(["example.test"]);
  expect((await thief.post(url, undefined)).status).toBe(401);
  expect(
    (
      await client.post(order.finalize, {
        csr: (await request(["blog.example.test"])).toString("base64url"),
      })
    ).body.type,
  ).toContain("badCSR");
  expect((await client.post(order.finalize, { csr: "AAAA" })).body.type).toContain("badCSR");
  for (const payload of [
    { identifiers: [] },
    { identifiers: [{ type: "dns", value: "a b" }] },
    { identifiers: "x" },
    [],
  ])
    expect((await client.post(`${ORIGIN}/acme/new-order`, payload)).status).toBe(400);
  expect(
    (
      await app.request(`${ORIGIN}/acme/new-order`, {
        method: "POST",
        headers: { "content-type": "application/jose+json" },
        body: "{",
      })
    ).status,
  ).toBe(400);
});

test("a certificate is revoked by its own key, without an account, and by no other", async () => {
  const client = new Client();
  await client.register();
  const { order } = await client.order(["example.test"]);
  const pem = await client.finish(order, ["example.test"]);
  const certificate = new X509Certificate(pem).raw.toString("base64url");
  const refused = await new Client().post(`${ORIGIN}/acme/revoke-cert`, { certificate });
  expect([refused.status, refused.body.type]).toEqual([
    403,
    expect.stringContaining("unauthorized"),
  ]);
  const own = new Client(createPrivateKey(await readFile(join(folder, "leaf.key"))));
  expect((await own.post(`${ORIGIN}/acme/revoke-cert`, { certificate })).status).toBe(200);
});

test("a closed account's key opens nothing any more, nor tells of the account", async () => {
  const client = new Client();
  await client.register();
  const account = client.kid ?? "";
  expect((await client.post(account, { status: "deactivated" })).status).toBe(200);
  const order = { identifiers: [{ type: "dns", value: "example.test" }] };
  const byKey = { kid: undefined, jwk: client.jwk };
  const answers = [
    await client.post(account, {}),
    await client.post(`${ORIGIN}/acme/new-order`, order),
    await client.post(`${ORIGIN}/acme/new-acct`, { onlyReturnExisting: true }, byKey),
    await client.post(`${ORIGIN}/acme/new-acct`, { termsOfServiceAgreed: true }, byKey),
  ];
  for (const { status, body } of answers)
    expect([status, body.type]).toEqual([401, expect.stringContaining("unauthorized")]);
});

test("a certificate is revoked once, by its own account; an outage is 503 with retry-after", async () => {
  const client = new Client();
  await client.register();
  const { order } = await client.order(["example.test"]);
  const certificate = new X509Certificate(
    await client.finish(order, ["example.test"]),
  ).raw.toString("base64url");
  expect((await client.post(`${ORIGIN}/acme/revoke-cert`, { certificate })).status).toBe(200);
  expect((await client.post(`${ORIGIN}/acme/revoke-cert`, { certificate })).body.type).toContain(
    "alreadyRevoked",
  );
  failing = true;
  const response = await app.request(`${ORIGIN}/directory`);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("60");
});
