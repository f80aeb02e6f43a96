import { EventEmitter } from "node:events";

import { expect, test } from "@jest/globals";
import type { ObservatoryConfig } from "@second-server/contract/observatory";

import type { Seen } from "../../../monitor/watch/look";
import { foot, table } from "../../../monitor/watch/terminal";
import { watch } from "../../../monitor/watch/watch";
import { Lab } from "./checks/lab";

const config = (port: number): ObservatoryConfig => ({
  fleet: "lab",
  domain: "example.test",
  listen: { host: "127.0.0.1", port: 1 },
  database: "/nonexistent",
  statusUrl: "https://status.example.test",
  primary: { kind: "ssh", id: "primary", host: "127.0.0.1", port },
  services: [],
  checks: [
    {
      kind: "heartbeat",
      id: "renewal",
      token: "x",
      periodSeconds: 1,
      graceSeconds: 1,
    },
  ],
  intervalSeconds: 1,
  timeoutSeconds: 0.5,
  failAfter: 3,
  passAfter: 2,
  alerts: { to: [], from: "a@b", relay: { host: "127.0.0.1", port: 1 } },
});

test("works without an Observatory: exit 0 when all is up, 1 when something is down, JSON for programs", async () => {
  const lab = new Lab();
  const port = await lab.serve((socket) => socket.end("SSH-2.0-x\r\n"), "connect");
  const written: string[] = [];
  const options = {
    json: true,
    once: true,
    out: { write: (text: string) => written.push(text) },
    stop: new Promise(() => undefined),
  };
  expect(await watch(config(port), options)).toBe(0);
  lab.close();
  expect(await watch(config(port), options)).toBe(1);
  expect(
    written.map((text) => JSON.parse(text) as { ok: boolean; checks: unknown[] }),
  ).toMatchObject([
    { ok: true, checks: [{ id: "primary", result: "pass" }] },
    { ok: false, checks: [{ error: "connection refused" }] },
  ]);
});

const failing: Seen = {
  id: "primary",
  kind: "ssh",
  result: "fail",
  ms: 12.4,
  error: "\u001b[31mred\u0007" + "x".repeat(300),
};
const up = (id: string): Seen => ({ id, kind: "http", result: "pass", ms: 5 });

test.each([12, 20, 40, 60, 200])(
  "at %i columns no line is longer, and no control character comes through",
  (width) => {
    const lines = [
      ...table([up("a-service-with-a-rather-long-name"), failing], width, false),
      ...foot(config(1), width),
    ];
    expect(lines[0]).toContain("✕ DOWN");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join("")).not.toMatch(/\p{Cc}/u);
  },
);

test("what is down comes first, and what only the Observatory can tell is named", () => {
  const lines = table([up("blog"), failing], 60, false);
  expect(lines[0]).toMatch(/^✕ DOWN {2}primary +12 ms {3}\[31mred x+…$/);
  expect(lines.slice(1)).toEqual(["✓ up    blog         5 ms", "", "1 of 2 down"]);
  expect(foot(config(1), 80)).toEqual(["not from here, but by the Observatory: renewal"]);
});

test("live: on a screen of its own, drawn again when the window changes, given back at Ctrl-C even while it looks; the last table stays", async () => {
  const written: string[] = [];
  const out = Object.assign(new EventEmitter(), {
    write: (text: string) => written.push(text),
    isTTY: true,
    columns: 40,
    rows: 8,
  });
  let end = (): void => undefined;
  const stop = new Promise<void>((resolve) => {
    end = resolve;
  });
  let looks = 0;
  const seen = Array.from({ length: 20 }, (_, index) => up(`check-${index}`));
  const look = () =>
    ++looks === 1 ? Promise.resolve([failing, ...seen]) : new Promise<never>(() => undefined);
  const code = watch(
    { ...config(1), intervalSeconds: 0.001 },
    {
      json: false,
      once: false,
      out,
      stop,
      look,
    },
  );
  while (looks < 2) await new Promise((resolve) => setImmediate(resolve));
  out.columns = 12;
  out.emit("resize");
  end();
  expect(await code).toBe(1);
  expect(written[0]).toContain("\u001b[?1049h\u001b[?25l");
  const frames = written.filter((text) => text.startsWith("\u001b[H"));
  expect(Math.max(...frames.map((text) => text.split("\r\n").length))).toBeLessThanOrEqual(8);
  expect(frames.at(-2)).toContain("DOWN");
  expect(frames.at(-2)).toContain("more");
  expect(written.at(-2)).toBe("\u001b[?25h\u001b[?1049l");
  expect(written.at(-1)).toContain("1 of 21 ");
  expect(out.listenerCount("resize")).toBe(0);
});
