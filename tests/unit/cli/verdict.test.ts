import { expect, test } from "@jest/globals";

import type { ProbeResult } from "../../../cli/verify/prober";
import { addressBlock, nextSteps, serviceTable } from "../../../cli/verify/table";
import { STATUS_TARGET, judge, targetsAt, targetsOf } from "../../../cli/verify/verdict";
import { sampleFleet } from "./sample";

const FLOATING = "203.0.113.200";
const fine = (name: string): ProbeResult => ({
  name,
  url: `https://${name}.example.test/`,
  ok: true,
  address: FLOATING,
  status: 200,
  latencyMs: 12.4,
  certificateExpires: "2026-12-31T00:00:00.000Z",
});
const account = (services: readonly object[]): ProbeResult => ({
  ...fine(STATUS_TARGET),
  body: JSON.stringify({ services }),
});
const observatory = (names: readonly string[]): ProbeResult =>
  account(names.map((name) => ({ name, passing: true })));

test("a service is green when it answered 200 at the floating IP and the Observatory finds it well", () => {
  const verdicts = judge(sampleFleet, FLOATING, [
    fine("blog"),
    fine("chat"),
    observatory(["blog", "chat"]),
  ]);
  expect(verdicts.map(({ name, ok }) => [name, ok])).toEqual([
    ["blog", true],
    ["chat", true],
  ]);
});

test.each([
  [
    "not observed yet",
    [fine("blog"), fine("chat"), observatory(["blog"])],
    "the Observatory has not polled it yet",
  ],
  [
    "seen to fail by the Observatory",
    [
      fine("blog"),
      fine("chat"),
      account([
        { name: "blog", passing: true },
        { name: "chat", passing: false, error: "no route" },
      ]),
    ],
    "the Observatory sees it fail: no route",
  ],
  [
    "a name that points elsewhere",
    [fine("blog"), { ...fine("chat"), address: "203.0.113.10" }, observatory(["blog", "chat"])],
    "its name points at 203.0.113.10, not at the floating IP 203.0.113.200",
  ],
  [
    "an untrusted chain",
    [
      fine("blog"),
      { name: "chat", url: "", ok: false, error: "self-signed certificate" },
      observatory(["blog", "chat"]),
    ],
    "self-signed certificate",
  ],
  [
    "a service that was not asked",
    [fine("blog"), observatory(["blog", "chat"])],
    "it was not asked",
  ],
] as const)("%s is not green, and the table says why", (_what, report, error) => {
  const verdicts = judge(sampleFleet, FLOATING, report);
  expect(verdicts.find(({ name }) => name === "chat")).toMatchObject({ ok: false, error });
  expect(serviceTable(verdicts, Date.parse("2026-11-21"), (_colour, text) => text)).toContain(
    error,
  );
});

test("the table has what a user asked for: address, status, latency, the certificate's end", () => {
  const text = serviceTable(
    judge(sampleFleet, FLOATING, [fine("blog"), fine("chat"), observatory(["blog", "chat"])]),
    Date.parse("2026-11-21"),
    (_colour, line) => line,
  );
  expect(text).toMatch(
    /blog +https:\/\/blog\.example\.test\/ +200 +12 ms +2026-12-31 \(40 days\) +yes +ok/,
  );
});

test("the cost is the two droplets' list price", () => {
  expect(addressBlock(sampleFleet, { primary: "a", watcher: "b", floatingIp: "c" })).toContain(
    "$10.00 a month",
  );
  expect(nextSteps(sampleFleet, true)).toContain("./fleet drill primary-lost");
});

test("each service is asked at its health path by its public name", () => {
  expect(targetsOf(sampleFleet)[1]).toEqual({
    name: "chat",
    url: "https://chat.example.test/health",
    status: 200,
    contains: "ok",
  });
});

test("a service whose health is another status than 200 is held to that", () => {
  const [first] = sampleFleet.services;
  expect(
    targetsOf({
      ...sampleFleet,
      services: [{ ...first!, health: { path: "/", status: 204, startSeconds: 20 } }],
    })[0],
  ).toMatchObject({ status: 204 });
});

test("where the names lead elsewhere, services are asked at the address, and the status page by its name", () => {
  const targets = targetsAt(sampleFleet, FLOATING);
  for (const { name, address } of targets)
    expect(address).toBe(name === STATUS_TARGET ? undefined : FLOATING);
  expect(targets).toHaveLength(targetsOf(sampleFleet).length);
});
