import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { SMTPServer } from "smtp-server";

import { fill } from "../../../render/fill";
import { exitOf } from "../../fixtures/exit-of";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "failed-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the monitor dies → one mail by other code → dies again within the hour → no other mail; a clean end says nothing; one by SIGTERM is none", async () => {
  const mails: string[] = [];
  const relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  const server = relay.listen(0, "127.0.0.1");
  await once(server, "listening");
  const config = join(folder, "observatory.json");
  writeFileSync(
    config,
    JSON.stringify({
      fleet: "lab",
      domain: "example.test",
      alerts: {
        from: "o@example.test",
        to: ["ops@example.test"],
        relay: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
      },
    }),
  );
  const program = join(folder, "monitor-failed");
  writeFileSync(program, fill("system/monitor-failed", {}));
  const end = async (result: string, code = "killed", status = "ABRT"): Promise<number | null> => {
    const child = spawn("python3", [program, config], {
      env: {
        PATH: process.env["PATH"],
        STATE_DIRECTORY: folder,
        SERVICE_RESULT: result,
        EXIT_CODE: code,
        EXIT_STATUS: status,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return (await exitOf(child))[0];
  };
  expect([await end("success"), mails.length]).toEqual([0, 0]);
  expect([await end("watchdog"), await end("watchdog"), mails.length]).toEqual([0, 0, 1]);
  expect(mails[0]).toContain("Subject: [lab] The monitor itself died (watchdog)");
  expect(mails[0]).toContain("watchdog, killed ABRT");
  rmSync(join(folder, "failed.stamp"));
  expect([await end("exit-code", "exited", "143"), mails.length]).toEqual([0, 2]);
  expect(mails[1]).toContain("sent it SIGTERM");
  await new Promise((resolve) => relay.close(() => resolve(undefined)));
});
