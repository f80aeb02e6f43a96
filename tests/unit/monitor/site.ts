import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { createObservatory, type Observatory } from "../../../monitor/compose";
import { openServer } from "../../../monitor/page/server";
import type { Ping } from "../../../monitor/self/dead-man";
import { type Database, openDatabase } from "../../../monitor/store/database";
import { loadState } from "../../../monitor/store/load-state";
import { sql } from "../../../monitor/store/sql-literals";
import { FakeClock } from "./fake-clock";

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DAY = 86_400;

/**
 * A whole Observatory on a fake clock with a real database and a real page, whose checks answer
 * what a test says.
 */
export class Site {
  readonly clock = new FakeClock("2026-11-21T12:00:00Z");
  private constructor(
    readonly folder: string,
    readonly observatory: Observatory,
    readonly database: Database,
    readonly server: Server,
    readonly base: string,
  ) {}

  static async open(more: Partial<ObservatoryConfig> = {}, ping?: Ping): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), "site-"));
    mkdirSync(join(folder, "db"));
    writeFileSync(join(folder, "primary.key"), "p".repeat(48));
    const names = ["blog", "chat", "dead-drop"];
    const config: ObservatoryConfig = {
      fleet: "lab",
      domain: "example.test",
      listen: { host: "127.0.0.1", port: 0 },
      database: join(folder, "db/observatory.db"),
      primaryKeyFile: join(folder, "primary.key"),
      statusUrl: "https://status.example.test",
      primary: { kind: "ssh", id: "primary", host: "192.0.2.1" },
      services: names.map((name) => ({ name, url: `https://${name}.example.test` })),
      checks: names.map((name) => ({
        kind: "http",
        id: name,
        service: name,
        url: `https://${name}.example.test/health`,
        status: 200,
      })),
      intervalSeconds: 10,
      timeoutSeconds: 5,
      failAfter: 3,
      passAfter: 2,
      alerts: {
        to: ["ops@example.test"],
        from: "observatory@example.test",
        relay: { host: "127.0.0.1", port: await closedPort() },
      },
      ...more,
    };
    const database = await openDatabase(config.database);
    const clock = new FakeClock("2026-11-21T12:00:00Z");
    const saved = await loadState(database);
    const observatory = createObservatory({
      config,
      database,
      saved,
      clock,
      log: quiet,
      ping,
    });
    const server = await openServer({
      ...observatory,
      clock,
      log: quiet,
      written: () => observatory.writer.flush(),
    });
    const site = new Site(
      folder,
      observatory,
      database,
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    Object.defineProperty(site, "clock", { value: clock });
    return site;
  }

  /** Every check answers once; those named fail. */
  round(failing: Readonly<Record<string, string>> = {}): void {
    for (const id of this.observatory.alerting.state().watched.keys()) {
      const error = failing[id];
      this.observatory.alerting.happened({
        kind: "ran",
        check: id,
        began: this.clock.now(),
        outcome:
          error === undefined ? { result: "pass", ms: 42 } : { result: "fail", ms: 42, error },
      });
    }
  }

  /** Ninety days of history in which `bad` days ago `fails` runs failed. */
  async history(check: string, bad: Readonly<Record<number, number>>): Promise<void> {
    await this.database.exec(sql`INSERT OR IGNORE INTO check_name (name) VALUES (${check})`);
    const today = Math.floor(this.clock.now() / 1000 / DAY) * DAY;
    for (let ago = 0; ago < 90; ago += 1) {
      const fails = bad[ago] ?? 0;
      await this.database.exec(
        sql`INSERT INTO rollup SELECT 3, id, ${today - ago * DAY}, ${8640 - fails}, ${fails}, 0, 60, 120, 180, 400 FROM check_name WHERE name = ${check}`,
      );
    }
  }

  /** What the primary sends, signed with its own key. */
  fromPrimary(path: string, message: object): Promise<Response> {
    const body = JSON.stringify(message);
    return this.get(path, {
      method: "POST",
      body,
      headers: { "x-signature": this.observatory.primaryKey!.sign(body) },
    });
  }
  get(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.base + path, { redirect: "manual", ...init });
  }
  async text(path: string): Promise<string> {
    return (await this.get(path)).text();
  }

  async close(): Promise<void> {
    this.observatory.stop();
    this.server.closeAllConnections();
    this.server.close();
    await this.observatory.writer.flush();
    this.database.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** A port of loopback where nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
