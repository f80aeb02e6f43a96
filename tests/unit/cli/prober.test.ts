import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { probe } from "../../../cli/verify/prober";

const DIR = mkdtempSync(join(tmpdir(), "fleet-prober-"));
const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;
const certified = HAS_OPENSSL ? test : test.skip;
let server: Server;
let base = "";
let ca = "";

beforeAll(async () => {
  if (!HAS_OPENSSL) return;
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "10",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      join(DIR, "key.pem"),
      "-out",
      join(DIR, "cert.pem"),
    ],
    { stdio: "ignore" },
  );
  ca = readFileSync(join(DIR, "cert.pem"), "utf8");
  server = createServer(
    { key: readFileSync(join(DIR, "key.pem")), cert: ca },
    (request, response) => {
      if (request.url === "/never") return;
      if (request.method === "POST") {
        request.setEncoding("utf8").on("data", (body: string) => response.writeHead(201).end(body));
        return;
      }
      response.writeHead(request.url === "/gone" ? 502 : 200).end("it is fine");
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(DIR, { recursive: true, force: true });
});

const ask = (path: string, more: object = {}, trusted: string | undefined = ca, timeoutMs = 5000) =>
  probe({ name: "blog", url: `${base}${path}`, status: 200, ...more }, trusted, timeoutMs);

certified("a good answer carries address, status, latency and the certificate's end", async () => {
  const result = await ask("/", { contains: "fine" });
  expect(result).toMatchObject({
    ok: true,
    status: 200,
    address: "127.0.0.1",
    latencyMs: expect.any(Number),
  });
  const left = Date.parse(result.certificateExpires ?? "") - Date.now();
  expect(left / 86_400_000).toBeCloseTo(10, 0);
});

certified("a chain that ends elsewhere is refused", async () => {
  const result = await ask("/", {}, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
  expect(result.ok).toBe(false);
  expect((await probe({ name: "blog", url: base, status: 200 }, undefined, 5000)).error).toMatch(
    /self-signed|self signed/,
  );
});

certified.each([
  ["/gone", {}, "status 502, not 200"],
  ["/", { contains: "wonderful" }, 'does not contain "wonderful"'],
])("%s %j is told apart: %s", async (path, more, error) => {
  expect(await ask(path, more)).toMatchObject({ ok: false, error: expect.stringContaining(error) });
});

certified("a server that accepts and never answers is given up after the time-out", async () => {
  expect(await ask("/never", {}, ca, 200)).toMatchObject({
    ok: false,
    error: "no answer within 0.2 s",
  });
});

certified("a POST sends its JSON", async () => {
  expect(await ask("/", { status: 201, post: { text: "hello" } })).toMatchObject({
    ok: true,
    body: '{"text":"hello"}',
  });
});

certified("an address that is given is asked, whatever the name leads to", async () => {
  expect(await ask("/", { address: "127.0.0.1" })).toMatchObject({ ok: true, status: 200 });
  expect(await ask("/", { address: "127.0.0.3" })).toMatchObject({
    ok: false,
    address: "127.0.0.3",
    error: expect.stringContaining("127.0.0.3"),
  });
});
