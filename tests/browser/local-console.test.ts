import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import { type Browser, chromium, type Page } from "playwright-core";
import type { ApiEnv } from "../../local/cloud/api/cloud";
import { localRoutes } from "../../local/cloud/api/local";
import { consoleRoutes } from "../../local/cloud/console/page";
import { listen, portOf } from "../../local/cloud/daemon/listen";
import { openInbox } from "../../local/cloud/mail/inbox";
import { newDroplet, testApi, type TestApi } from "../api/harness";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const where = executable === undefined ? describe.skip : describe;
if (executable === undefined) process.stderr.write("skipped: the browser tests need Debian's chromium (apt-get install chromium)\n");

where("the local cloud's console in a real browser", () => {
  let browser: Browser, server: Server, api: TestApi, folder: string, origin: string;
  const hostile = '<img src=x onerror="document.title=\'owned\'">';

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
    folder = await mkdtemp(join(tmpdir(), "console-"));
    api = await testApi();
    const inbox = await openInbox(folder);
    await inbox.add({ raw: Buffer.from(`From: a@example.test\r\nSubject: ${hostile}\r\n\r\n<script>document.title="owned"</script>`), from: "a@example.test", to: ["owner@example.test"], at: new Date() });
    const status = () => ({ machines: false, acme: "none", api: "http://127.0.0.1" });
    const root = new Hono<ApiEnv>().route("/", api.app).route("/local", localRoutes({ cloud: api.cloud, calls: api.calls, inbox, status, shutdown: () => undefined })).route("/", consoleRoutes());
    server = await listen(createServer(getRequestListener(root.fetch)), { host: "127.0.0.1", port: 0 });
    origin = `http://127.0.0.1:${portOf(server)}`;
    await api.call("POST", "/v2/droplets", newDroplet({ name: "primary", tags: ["primary"] }));
    await api.call("POST", "/v2/domains", { name: "example.test", ip_address: "203.0.113.200" });
    await api.call("POST", "/v2/domains/example.test/records", { type: "TXT", name: "x", data: hostile });
    await api.call("POST", "/v2/reserved_ips", { droplet_id: api.cloud.state.droplets[0]!.id });
    await api.call("POST", "/v2/firewalls", { name: "fw", inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }], tags: ["primary"] });
    await api.cloud.jobs.settled();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  const visit = async (width = 1200): Promise<{ page: Page; errors: string[]; foreign: string[] }> => {
    const page = await (await browser.newContext({ viewport: { width, height: 900 } })).newPage();
    const errors: string[] = [], foreign: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error" && !message.text().includes("favicon")) errors.push(message.text()); });
    page.on("request", (request) => { if (!request.url().startsWith(origin)) foreign.push(request.url()); });
    await page.goto(origin);
    await page.getByRole("cell", { name: "primary", exact: true }).first().waitFor();
    await page.getByRole("cell", { name: hostile }).waitFor();
    return { page, errors, foreign };
  };

  test("shows machines, addresses, records, mail and calls as text, asks nobody else, and fits a phone", async () => {
    const { page, errors, foreign } = await visit(320);
    for (const text of ["203.0.113.10", "203.0.113.200", "fw", "POST /v2/droplets"]) expect(await page.getByText(text).count()).toBeGreaterThan(0);
    await page.locator("#inbox summary").click();
    expect(await page.locator("#inbox pre").textContent()).toContain("<script>");
    expect(await page.title()).toBe("Local DigitalOcean");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
  }, 30_000);

  test("cuts and restores a machine's power and network from the page", async () => {
    const { page, errors } = await visit();
    await page.getByRole("button", { name: "Cut power: primary" }).click();
    await page.getByRole("button", { name: "Power on: primary" }).waitFor();
    expect(api.cloud.state.droplets[0]!.status).toBe("off");
    await page.getByRole("button", { name: "Power on: primary" }).click();
    await page.getByRole("button", { name: "Cut power: primary" }).waitFor();
    await page.getByRole("button", { name: "Cut network: primary" }).click();
    await page.getByRole("button", { name: "End: network-cut" }).waitFor();
    expect(api.cloud.faults.list()).toMatchObject([{ kind: "network-cut" }]);
    await page.getByRole("button", { name: "Restore network: primary" }).click();
    await page.getByRole("button", { name: "Cut network: primary" }).waitFor();
    expect(api.cloud.faults.list()).toEqual([]);
    expect(errors).toEqual([]);
    const shot = process.env.CONSOLE_SCREENSHOT;
    if (shot) await page.screenshot({ path: shot, fullPage: true });
  }, 30_000);
});
