import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Browser, chromium, type Page } from "playwright-core";
import { passwordLine } from "../../monitor/page/operator";
import { Site } from "../unit/monitor/site";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const where = executable === undefined ? describe.skip : describe;
if (executable === undefined) process.stderr.write("skipped: the browser tests need Debian's chromium (apt-get install chromium)\n");

where("the status page in a real browser", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
    site = await Site.open();
    for (const check of ["blog", "chat", "dead-drop"]) await site.history(check, { 3: 900, 10: 5 });
    site.round();
    for (let time = 0; time < 3; time += 1) site.round({ chat: "HTTP 502, expected 200" });
    const operatorFile = join(site.folder, "operator");
    writeFileSync(operatorFile, await passwordLine("ops", "secret"));
    site.assembly.config = { ...site.assembly.config, operatorFile };
    await site.assembly.writer.flush();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  interface Visit { readonly page: Page; readonly errors: string[]; readonly foreign: string[]; bytes: number }
  async function visit(path: string, width: number, options: { readonly script?: boolean; readonly dark?: boolean } = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: options.script ?? true, colorScheme: options.dark ? "dark" : "light", httpCredentials: { username: "ops", password: "secret" } });
    const page = await context.newPage();
    const seen: Visit = { page, errors: [], foreign: [], bytes: 0 };
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
    const sizes: Promise<void>[] = [];
    page.on("response", (response) => {
      if (!response.url().startsWith(site.base)) seen.foreign.push(response.url());
      sizes.push(response.body().then((body) => { seen.bytes += body.length; }, () => undefined));
    });
    await page.goto(site.base + path, { waitUntil: "networkidle" });
    await Promise.all(sizes);
    return seen;
  }
  const overflow = (page: Page): Promise<number> => page.evaluate("document.documentElement.scrollWidth - innerWidth");

  test.each(["/", "/service/chat?span=quarter", "/incident/1", "/incidents", "/operator"].flatMap((path) => [320, 1200].map((width) => [path, width] as const)))("%s at %i px: nothing overflows, nothing fails, no third party, under 150 kB", async (path, width) => {
    const { page, errors, foreign, bytes } = await visit(path, width);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect([errors, foreign]).toEqual([[], []]);
    expect(bytes).toBeLessThan(150_000);
    await page.context().close();
  });

  test("the essentials are there without JavaScript", async () => {
    const { page } = await visit("/service/chat?span=quarter", 1200, { script: false });
    expect(await page.textContent(".headline")).toContain("down: HTTP 502, expected 200");
    expect(await page.locator("svg.sketch path.l1").getAttribute("d")).toMatch(/^M[\d.]+ [\d.]+L/);
    expect(await page.locator("svg.bars").getAttribute("aria-label")).toContain("Last 90 days: 99.88 % up");
    await page.context().close();
  });

  test("with JavaScript the chart is drawn by uPlot and shows the values under the pointer", async () => {
    const { page } = await visit("/service/chat?span=quarter", 1200);
    const canvas = page.locator("#chart .u-over");
    await canvas.waitFor();
    await canvas.hover();
    expect(await page.textContent(".u-legend")).toContain("60 ms");
    await page.context().close();
  });

  test("text keeps a contrast of 4.5 in light and dark", async () => {
    for (const dark of [false, true]) {
      const { page } = await visit("/", 1200, { dark });
      const worst = await page.evaluate(`(() => {
        const value = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const back = value(getComputedStyle(document.body).backgroundColor);
        return Math.min(...[...document.querySelectorAll("main *")].filter((e) => e.childElementCount === 0 && e.textContent.trim()).map((e) => { const f = value(getComputedStyle(e).color); return (Math.max(f, back) + 0.05) / (Math.min(f, back) + 0.05); }));
      })()`);
      expect(worst).toBeGreaterThanOrEqual(4.5);
      await page.context().close();
    }
  });

  test("an operator acknowledges with a click", async () => {
    const { page } = await visit("/operator", 1200);
    await page.getByRole("button", { name: "Acknowledge" }).click();
    expect(await page.textContent(".done")).toContain("incident 1 is acknowledged");
    await page.context().close();
  });
});
