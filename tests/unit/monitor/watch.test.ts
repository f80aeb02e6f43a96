import { expect, test } from "@jest/globals";
import type { ObservatoryConfig } from "../../../config/monitor";
import { lookOnce, table, watch } from "../../../monitor/watch/watch";
import { Lab } from "./checks/lab";

const config = (port: number): ObservatoryConfig => ({
  fleet: "lab", domain: "example.test", listen: { host: "127.0.0.1", port: 1 }, database: "/nonexistent", statusUrl: "https://status.example.test", primary: { kind: "ssh", id: "primary", host: "127.0.0.1", port },
  services: [], checks: [{ kind: "heartbeat", id: "renewal", token: "x", periodSeconds: 1, graceSeconds: 1 }], intervalSeconds: 1, timeoutSeconds: 0.5, failAfter: 3, passAfter: 2, alerts: { to: [], from: "a@b", relay: { host: "127.0.0.1", port: 1 } },
});

test("works without an Observatory: exit 0 when all is up, 1 when something is down, JSON for programs", async () => {
  const lab = new Lab();
  const port = await lab.serve((socket) => socket.end("SSH-2.0-x\r\n"), "connect");
  const written: string[] = [];
  const options = { json: true, once: true, out: { write: (text: string) => written.push(text) }, stop: new Promise(() => undefined) };
  expect(await watch(config(port), options)).toBe(0);
  lab.close();
  expect(await watch(config(port), options)).toBe(1);
  expect(written.map((text) => JSON.parse(text) as { ok: boolean; checks: unknown[] })).toMatchObject([{ ok: true, checks: [{ id: "primary", result: "pass" }] }, { ok: false, checks: [{ error: "connection refused" }] }]);
});

test("the table keeps to the terminal's width and lets no control character through", async () => {
  const seen = await lookOnce(config(1), () => Promise.resolve({ result: "fail", ms: 12.4, error: "\u001b[31mred\u0007" + "x".repeat(300) }));
  const lines = table(seen, 60, false);
  expect(lines[0]).toMatch(/^✕ DOWN {2}primary +12 ms {3}\[31mred x+$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines.at(-1)).toBe("1 of 1 down");
});
