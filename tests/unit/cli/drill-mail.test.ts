import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "@jest/globals";
import { SMTPServer } from "smtp-server";

import { drillMail, refuseRelayOf, sendDrillMail, subjectOf } from "../../../cli/drill-mail";
import { refuseReport, tell } from "../../../cli/drill-result";

interface Taken {
  readonly text: string;
  readonly user?: string;
  readonly to: readonly string[];
}

let relay: SMTPServer | undefined;
afterEach(() => relay?.close());

const relayOf = async (taken: Taken[]): Promise<{ host: string; port: number }> => {
  relay = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData: (stream, session, done) => {
      let text = "";
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
      stream.on("end", () => {
        taken.push({ text, to: session.envelope.rcptTo.map(({ address }) => address) });
        done();
      });
    },
  });
  const server = relay.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
};

const run = (drill: string, error?: string) => ({
  drill,
  began: "2026-11-02T10:00:00.000Z",
  seconds: 61.5,
  ok: error === undefined,
  ...(error === undefined ? {} : { error }),
  measures: {},
  marks: [],
});
const WHERE = { from: "observatory@example.test", to: ["a@example.test", "b@example.test"] };

test("the subject says how it went, by name where something failed", () => {
  const fleet = "f";
  expect(subjectOf({ fleet, runs: [run("nginx-stopped")] })).toBe(
    "[f] 1 drill: everything came back",
  );
  expect(subjectOf({ fleet, runs: [run("a"), run("b", "no mail"), run("c", "dark")] })).toBe(
    "[f] 3 drills, 2 failed: b, c",
  );
  expect(subjectOf({ fleet, runs: [run("a")], trouble: "not green\nlook" })).toBe(
    "[f] drills could not go on: not green",
  );
});

test("a relay takes one mail to every address, the page in it and attached", async () => {
  const taken: Taken[] = [];
  const mail = drillMail({ ...WHERE, relay: await relayOf(taken) }, undefined, {
    fleet: "f",
    runs: [run("nginx-stopped", "no mail came")],
    page: "<!doctype html><title>Drills</title>",
  });
  await sendDrillMail(mail);
  expect(taken).toHaveLength(1);
  expect(taken[0]?.to).toEqual(WHERE.to);
  expect(taken[0]?.text).toContain("Subject: [f] 1 drill, 1 failed: nginx-stopped");
  expect(taken[0]?.text).toContain("nginx-stopped: FAILED: no mail came");
  expect(taken[0]?.text).toContain("filename=drills.html");
});

test("a password is not sent where the relay offers no encryption", async () => {
  const taken: Taken[] = [];
  const at = await relayOf(taken);
  const mail = drillMail({ ...WHERE, relay: { ...at, user: "owner" } }, "secret", {
    fleet: "f",
    runs: [],
    page: "",
  });
  await expect(sendDrillMail(mail)).rejects.toThrow();
  expect(taken).toEqual([]);
});

test("the local stack's relay, and what is no stack, are refused, also for a schedule", () => {
  expect(() => refuseRelayOf("local")).toThrow("nobody's");
  expect(() => refuseRelayOf("prod; reboot")).toThrow("a stack's name has letters");
  expect(() => refuseRelayOf("prod")).not.toThrow();
});

test("a relay that takes no mail costs neither the report nor what the drills have found", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-drill-result-"));
  const report = join(folder, "drills.html");
  const said: string[] = [];
  const runs = [run("nginx-stopped"), run("partition", "no mail came")];
  const page = "<title>Drills</title>";
  try {
    const complaints = await tell(
      { fleet: "f", runs, page },
      {
        reporter: { say: (text) => said.push(text) },
        report,
        mailer: () => Promise.reject(new Error("421 come back later")),
      },
    );
    expect(complaints).toEqual([
      "fleet drill: the result could not be mailed: 421 come back later",
    ]);
    expect(readFileSync(report, "utf8")).toBe(page);
    expect(said.join("\n")).toContain("2 drills, 1 failed.");
    expect(() => refuseReport(join(folder, "no", "drills.html"))).toThrow("can't be written");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
