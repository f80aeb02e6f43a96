import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Hono } from "hono";
import { type Browser, chromium, type Page } from "playwright-core";

import type { ApiEnv } from "../../local/cloud/api/cloud";
import { localRoutes } from "../../local/cloud/api/local";
import { consoleRoutes } from "../../local/cloud/console/page";
import { listen, portOf } from "../../local/cloud/daemon/listen";
import { openInbox } from "../../local/cloud/mail/inbox";
import { newDroplet, testApi, type TestApi } from "../api/harness";
import { EXECUTABLE, inChromium } from "./chromium";

inChromium("the local cloud's console in a real browser", () => {
  let browser: Browser, server: Server, api: TestApi, folder: string, origin: string;
  const hostile = "<img src=x onerror=\"document.title='owned'\">";

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
    folder = await mkdtemp(join(tmpdir(), "console-"));
    api = await testApi();
    const inbox = await openInbox(folder);
    await inbox.add({
      raw: Buffer.from(
        `From: a@example.test\r\nSubject: ${hostile}\r\n\r\n<script>document.title="owned"</script>`,
      ),
      from: "a@example.test",
      to: ["owner@example.test"],
      at: new Date(),
    });
    const status = () => ({ machines: false, acme: "none", api: "http://127.0.0.1" });
    const root = new Hono<ApiEnv>()
      .route("/", api.app)
      .route(
        "/local",
        localRoutes({
          cloud: api.cloud,
          calls: api.calls,
          inbox,
          status,
          shutdown: () => undefined,
        }),
      )
      .route("/", consoleRoutes());
    server = await listen(createServer(getRequestListener(root.fetch)), {
      host: "127.0.0.1",
      port: 0,
    });
    origin = `http://127.0.0.1:${portOf(server)}`;
    await api.call("POST", "/v2/droplets", newDroplet({ name: "primary", tags: ["primary"] }));
    await api.call("POST", "/v2/domains", { name: "example.test", ip_address: "203.0.113.200" });
    await api.call("POST", "/v2/domains/example.test/records", {
      type: "TXT",
      name: "x",
      data: hostile,
    });
    await api.call("POST", "/v2/reserved_ips", {
      droplet_id: api.cloud.store.state.droplets[0]!.id,
    });
    await api.call("POST", "/v2/firewalls", {
      name: "fw",
      inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }],
      tags: ["primary"],
    });
    await api.cloud.jobs.settled();
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  const visit = async (
    width = 1200,
    colorScheme: "light" | "dark" = "light",
  ): Promise<{ page: Page; errors: string[]; foreign: string[] }> => {
    const page = await (
      await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    ).newPage();
    const errors: string[] = [],
      foreign: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
        foreign.push(request.url());
    });
    await page.goto(origin);
    await page.getByRole("article", { name: "primary" }).waitFor();
    await page.getByRole("cell", { name: hostile }).waitFor();
    return { page, errors, foreign };
  };

  test("shows machines, addresses, records, mail and calls as text, asks nobody else, and fits a phone", async () => {
    const { page, errors, foreign } = await visit(320);
    for (const text of ["203.0.113.10", "203.0.113.200", "fw", "POST /v2/droplets"])
      expect(await page.getByText(text).count()).toBeGreaterThan(0);
    await page.locator("#inbox summary").click();
    expect(await page.locator("#inbox pre").textContent()).toContain("<script>");
    expect(await page.title()).toBe("Local DigitalOcean");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      320,
    );
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
  });

  /** WCAG's contrast of an element's text and what is behind it. */
  const contrast = (page: Page, selector: string): Promise<number> =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const rgb = (text: string): number[] => text.match(/[\d.]+/g)!.map(Number);
        const solid = (at: Element | null): number[] => {
          if (!at) return [255, 255, 255];
          const colour = rgb(getComputedStyle(at).backgroundColor);
          return colour[3] === 0 ? solid(at.parentElement) : colour;
        };
        const light = (colour: number[]): number =>
          colour
            .slice(0, 3)
            .map((part) => part / 255)
            .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at]!, 0);
        const [text, ground] = [light(rgb(getComputedStyle(element).color)), light(solid(element))];
        return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      });

  test.each(["light", "dark"] as const)(
    "can be read in %s: every kind of text stands out from its ground",
    async (scheme) => {
      const { page, errors } = await visit(320, scheme);
      const pale: string[] = [];
      for (const selector of [
        "h2",
        "dt",
        "dd",
        ".good",
        "button",
        "#status",
        "#inbox summary span",
        "td span",
      ]) {
        const ratio = await contrast(page, selector);
        if (ratio < 4.5) pale.push(`${selector}: ${ratio.toFixed(1)}`);
      }
      expect(pale).toEqual([]);
      expect(errors).toEqual([]);
    },
  );

  test("works by keyboard alone: the focus stays on the switch that was used, and an open mail stays open", async () => {
    const { page } = await visit();
    await page.locator("#inbox summary").focus();
    await page.keyboard.press("Enter");
    const button = page.getByRole("button", { name: "Cut network: primary" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Restore network: primary" }).waitFor();
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement!.getAttribute("aria-label"));
    await expect(focused()).resolves.toBe("Restore network: primary");
    await page.keyboard.press("Space");
    await button.waitFor();
    await expect(focused()).resolves.toBe("Cut network: primary");
    expect(await page.locator("#inbox details[open]").count()).toBe(1);
  });

  test("shows a fault of the API without suffering from it or using it up", async () => {
    const fault = await api.cloud.faults.inject({ kind: "api", status: 503, times: 1 });
    const { page, errors } = await visit();
    await page.getByText("status 503, times 1").waitFor();
    expect(await page.locator("#problem").textContent()).toBe("");
    await page.getByRole("button", { name: "End: api" }).click();
    await page.getByText("status 503").waitFor({ state: "detached" });
    expect([api.cloud.faults.list().includes(fault), errors]).toEqual([false, []]);
  });

  test("cuts and restores a machine's power and network from the page", async () => {
    const { page, errors } = await visit();
    await page.getByRole("button", { name: "Cut power: primary" }).click();
    await page.getByRole("button", { name: "Power on: primary" }).waitFor();
    expect(api.cloud.store.state.droplets[0]!.status).toBe("off");
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
  });
});
