import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Check } from "@second-server/contract/check-settings";

import { runCheck } from "../../../../monitor/checks/run";
import { failedAt, stageOf } from "../../../../monitor/checks/stage";
import { watchedOf } from "../../../../monitor/settings";
import { Lab } from "./lab";

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.close());

const http = (url: string, more: object = {}): Check => ({
  kind: "http",
  id: "x",
  url,
  status: 200,
  ...more,
});
const NOWHERE = "nothing.invalid";
/** Nobody listens there: the port was another's a moment ago, and is free. */
const closedPort = async (): Promise<number> => {
  const other = new Lab();
  const port = await other.serve(() => undefined);
  other.close();
  return port;
};

test("a failed run says what it failed at: the name, the connection, TLS, the answer", async () => {
  const closed = await closedPort();
  const plain = await lab.serve((socket) =>
    socket.end("HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n"),
  );
  const silent = await lab.serve(() => undefined);
  const away = await lab.serve((socket) =>
    socket.end(`HTTP/1.1 302 Found\r\nlocation: http://${NOWHERE}/\r\ncontent-length: 0\r\n\r\n`),
  );
  const runs: readonly (readonly [Check, string])[] = [
    [http(`http://${NOWHERE}/`), "name"],
    [{ kind: "tcp", id: "x", host: NOWHERE, port: 1 }, "name"],
    [{ kind: "ssh", id: "x", host: NOWHERE }, "name"],
    [{ kind: "certificate", id: "x", host: NOWHERE }, "name"],
    [{ kind: "dns", id: "x", name: NOWHERE, type: "A" }, "name"],
    [http(`http://127.0.0.1:${closed}/`), "connection"],
    [{ kind: "tcp", id: "x", host: "127.0.0.1", port: closed }, "connection"],
    [{ kind: "ssh", id: "x", host: "127.0.0.1", port: closed }, "connection"],
    [{ kind: "certificate", id: "x", host: "127.0.0.1", port: closed }, "connection"],
    [http(`https://127.0.0.1:${plain}/`), "tls"],
    [http(`http://127.0.0.1:${plain}/`), "answer"],
    [http(`http://127.0.0.1:${silent}/`), "answer"],
    [http(`http://127.0.0.1:${away}/`, { redirects: 1 }), "answer"],
  ];
  for (const [check, stage] of runs) {
    const outcome = await runCheck(check, 1500);
    expect([check.kind, stage, outcome.result, outcome.stage, outcome.error]).toEqual([
      check.kind,
      stage,
      "fail",
      stage,
      outcome.error,
    ]);
  }
});

test.each([
  ["CERT_HAS_EXPIRED", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
  ["ECONNRESET", "tls"],
  ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", "tls"],
])("a handshake that ends in %s is a matter of the %s", (code, stage) => {
  expect(stageOf(failedAt("tls", Object.assign(new Error("x"), { code })))).toBe(stage);
});

test("a check is in the zone by the name that it goes to, however it is spelled", () => {
  const config = {
    domain: "example.com",
    primary: { kind: "ssh", id: "primary", host: "primary.example.com" },
    failAfter: 3,
    passAfter: 2,
  } as unknown as Parameters<typeof watchedOf>[1];
  const inZone = (check: Check): boolean | undefined => watchedOf(check, config).inZone;
  expect(inZone(http("https://Blog.Example.COM./x"))).toBe(true);
  expect(inZone(http("https://example.com/"))).toBe(true);
  expect(inZone({ kind: "dns", id: "x", name: "example.com", type: "MX" })).toBe(true);
  expect(inZone(http("https://notexample.com/"))).toBe(false);
  expect(inZone(http("https://example.com.example.org/"))).toBe(false);
  expect(inZone({ kind: "unit", id: "x", unit: "nginx.service" })).toBe(false);
});
