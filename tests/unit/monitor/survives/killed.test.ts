import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ObservatoryConfig } from "@second-server/contract/observatory";
import { buildSync } from "esbuild";
import { SMTPServer } from "smtp-server";

import { openDatabase } from "../../../../monitor/store/database";
import { exitOf } from "../../../fixtures/exit-of";

const ROOT = join(__dirname, "../../../..");
const mails: { id: string; subject: string }[] = [];
const arrivals = new Set<() => void>();
let [folder, down, requests] = ["", false, 0];
let web: Server;
let smtp: SMTPServer;
let config: ObservatoryConfig;

const port = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "killed-"));
  mails.length = requests = 0;
  web = createServer((_request, response) => {
    requests += 1;
    for (const heard of [...arrivals]) heard();
    response.writeHead(down ? 500 : 200).end("ok");
  });
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        mails.push({
          id: /^message-id: (.*)$/im.exec(text)?.[1] ?? "",
          subject: /^subject: (.*)$/im.exec(text)?.[1] ?? "",
        });
        for (const heard of [...arrivals]) heard();
        done();
      });
    },
  });
  // Who was killed in the middle of a mail resets its connection.
  smtp.on("error", () => undefined);
  const relay = await port(smtp.server as unknown as Server);
  const target = await port(web);
  config = {
    fleet: "lab",
    domain: "example.test",
    listen: { host: "127.0.0.1", port: 0 },
    database: join(folder, "observatory.db"),
    statusUrl: "http://status.example.test/",
    services: [],
    intervalSeconds: 0.5,
    timeoutSeconds: 0.4,
    failAfter: 3,
    passAfter: 2,
    primary: { kind: "tcp", id: "primary", host: "127.0.0.1", port: target },
    checks: [{ kind: "http", id: "blog", url: `http://127.0.0.1:${target}/`, status: 200 }],
    alerts: {
      to: ["ops@example.test"],
      from: "observatory@example.test",
      relay: { host: "127.0.0.1", port: relay, tls: "none" },
    },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  buildSync({
    entryPoints: [join(ROOT, "monitor/main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["libsql"],
    outfile: join(folder, "monitor.js"),
    logLevel: "error",
  });
});
afterEach(() => {
  web.close();
  smtp.close();
  rmSync(folder, { recursive: true });
});

const start = (): ChildProcess =>
  spawn(
    process.execPath,
    [join(folder, "monitor.js"), "observatory", "--config", join(folder, "config.json")],
    {
      env: { PATH: process.env["PATH"], NODE_PATH: join(ROOT, "node_modules") },
      stdio: ["ignore", "ignore", "ignore"],
    },
  );

const kill = async (child: ChildProcess): Promise<void> => {
  child.kill("SIGKILL");
  await exitOf(child);
};

const until = (isSo: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const heard = (): void => {
      if (!isSo()) return;
      arrivals.delete(heard);
      resolve();
    };
    arrivals.add(heard);
    heard();
  });

const mail = (start: string): Promise<void> =>
  until(() => mails.some(({ subject }) => subject.startsWith(start)));
const asked = (count: number): Promise<void> => until(() => requests >= count);

/** Killed at random moments until the mail is there: whatever it was about, it goes on with it. */
const torment = async (least: number, goal: Promise<void>): Promise<void> => {
  let arrived = false;
  void goal.then(() => {
    arrived = true;
  });
  for (let kills = 0; kills < least || !arrived; kills += 1) {
    const child = start();
    await Promise.race([
      pause(300 + Math.random() * (kills < least ? 700 : 3000)),
      ...(kills < least ? [] : [goal]),
    ]);
    await kill(child);
  }
};

test("killed in the middle of anything, again and again: one alert, one all-clear, and a sound database", async () => {
  const kills = Number(process.env["KILLS"] ?? "2");
  const first = start();
  await asked(3);
  // Ended well, so that it is known to have been up: what was never up is silent for a while.
  first.kill("SIGTERM");
  // systemd's own stop is SIGINT: any other end is a failure, which ExecStopPost= tells.
  expect(await exitOf(first)).toEqual([143, null]);
  down = true;
  await torment(kills, mail("[lab] DOWN: blog"));
  down = false;
  await torment(kills, mail("[lab] UP: blog"));
  const subjects = new Map(mails.map(({ id, subject }) => [id, subject.replace(/ \(.*/, "")]));
  expect([...subjects.values()]).toEqual(["[lab] DOWN: blog", "[lab] UP: blog"]);
  const database = await openDatabase(config.database);
  expect(await database.rows("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  expect(
    await database.rows("SELECT count(*) AS n, count(closed) AS closed FROM incident"),
  ).toEqual([{ n: 1, closed: 1 }]);
  database.close();
});
