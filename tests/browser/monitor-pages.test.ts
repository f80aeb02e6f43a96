import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Browser, chromium, type Page } from "playwright-core";

import { passwordLine } from "../../monitor/page/login";
import { Site } from "../unit/monitor/site";
import { EXECUTABLE, inChromium } from "./chromium";

inChromium("the status page in a real browser", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
    site = await Site.open();
    for (const check of ["blog", "chat", "dead-drop"]) await site.history(check, { 3: 900, 10: 5 });
    site.round();
    for (let time = 0; time < 3; time += 1) site.round({ chat: "HTTP 502, expected 200" });
    const operatorFile = join(site.folder, "operator");
    writeFileSync(operatorFile, await passwordLine("ops", "secret"));
    site.observatory.settings.replace({ ...site.observatory.view.config(), operatorFile });
    await site.observatory.writer.flush();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  interface Visit {
    readonly page: Page;
    readonly errors: string[];
    readonly foreign: string[];
    bytes: number;
  }
  const visit = async (
    path: string,
    width: number,
    options: { readonly script?: boolean; readonly dark?: boolean } = {},
  ): Promise<Visit> => {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      javaScriptEnabled: options.script ?? true,
      colorScheme: options.dark ? "dark" : "light",
      httpCredentials: { username: "ops", password: "secret" },
    });
    const page = await context.newPage();
    const seen: Visit = { page, errors: [], foreign: [], bytes: 0 };
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") seen.errors.push(message.text());
    });
    const sizes: Promise<void>[] = [];
    page.on("response", (response) => {
      if (!response.url().startsWith(site.base)) seen.foreign.push(response.url());
      sizes.push(
        response.body().then(
          (body) => {
            seen.bytes += body.length;
          },
          () => undefined,
        ),
      );
    });
    // Only a service's page fetches more once it is there.
    await page.goto(site.base + path, {
      waitUntil: path.startsWith("/service/") && options.script !== false ? "networkidle" : "load",
    });
    await Promise.all(sizes);
    return seen;
  };
  const basics = (page: Page): Promise<unknown> =>
    page.evaluate(`({
    h1: document.querySelectorAll("h1").length, lang: document.documentElement.lang,
    stuck: [...document.querySelectorAll("main *")].filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth && e.tabIndex < 0).length,
    unnamed: [...document.querySelectorAll("input:not([type=hidden])")].filter((e) => e.labels.length === 0).length,
  })`);
  /** The least contrast of any text against what is painted behind it. */
  const contrast = (page: Page, selector: string): Promise<number> =>
    page.evaluate(`(() => {
    const value = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const back = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!c.startsWith("rgba") || !/, 0\\)$/.test(c)) return value(c); } return 1; };
    const speaks = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    return Math.min(...[...document.querySelectorAll(${JSON.stringify(selector)})].filter(speaks).map((e) => { const [f, b] = [value(getComputedStyle(e).color), back(e)]; return (Math.max(f, b) + 0.05) / (Math.min(f, b) + 0.05); }));
  })()`);
  const overflow = (page: Page): Promise<number> =>
    page.evaluate("document.documentElement.scrollWidth - innerWidth");

  test.each(
    ["/", "/service/chat?span=quarter", "/incident/1", "/incidents", "/operator"].flatMap((path) =>
      [320, 1200].map((width) => [path, width] as const),
    ),
  )(
    "%s at %i px: nothing overflows, nothing fails, no third party, under 150 kB; one main heading, fields named, what scrolls sideways can be reached by keyboard",
    async (path, width) => {
      const { page, errors, foreign, bytes } = await visit(path, width);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect([errors, foreign]).toEqual([[], []]);
      expect(bytes).toBeLessThan(150_000);
      expect(await basics(page)).toEqual({ h1: 1, lang: "en", stuck: 0, unnamed: 0 });
      await page.context().close();
    },
  );

  test("the essentials are there without JavaScript", async () => {
    const { page } = await visit("/service/chat?span=quarter", 1200, { script: false });
    expect(await page.textContent(".headline")).toContain("down: HTTP 502, expected 200");
    expect(await page.locator("svg.sketch path.l1").getAttribute("d")).toMatch(/^M[\d.]+ [\d.]+L/);
    expect(await page.locator("svg.bars").getAttribute("aria-label")).toContain(
      "Last 90 days: 99.88 % up",
    );
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

  test("the feed and the badges are well-formed, and the feed has what Atom demands", async () => {
    const { page } = await visit("/incidents", 320);
    for (const path of ["/feed.xml", "/badge/chat.svg", "/badge/chat-uptime.svg"]) {
      const problem = await page.evaluate(
        `fetch(${JSON.stringify(path)}).then((answer) => answer.text()).then((text) => new ` +
          "DOMParser().parseFromString(text, " +
          `"text/xml").querySelector("parsererror")?.textContent ?? "")`,
      );
      expect(problem).toBe("");
    }
    const missing =
      await page.evaluate(`fetch("/feed.xml").then((answer) => answer.text()).then((text) => {
      const feed = new DOMParser().parseFromString(text, "text/xml").documentElement;
      const lacks = (of) => ["id", "title", "updated"].filter((name) => ![...of.children].some((child) => child.localName === name && child.textContent.trim() !== ""));
      const entries = [...feed.querySelectorAll("entry")];
      return entries.length === 0 ? "no entry" : [feed, ...entries].flatMap(lacks).join();
    })`);
    expect(missing).toBe("");
    await page.context().close();
  });

  test("the status page is fresh without being loaded anew, but not under the reader's hands", async () => {
    const { page, errors } = await visit("/", 1200);
    await page.clock.install();
    await page.reload();
    await page.evaluate(`document.querySelector("h1").textContent = "of before"`);
    await page.focus(".name");
    await page.clock.fastForward(31_000);
    expect(await page.textContent("h1")).toBe("of before");
    await page.evaluate("document.activeElement.blur()");
    await Promise.all([page.waitForResponse(/\/$/), page.clock.fastForward(31_000)]);
    await page.waitForFunction(`document.querySelector("h1").textContent === "lab"`);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test.each(["alert", "report"])(
    "the %s mail reads at 320 and 1200 px, dark and light, and with its style sheet taken away",
    async (kind) => {
      const message =
        kind === "alert"
          ? site.observatory.queue.waiting()[0]!.message
          : (await site.observatory.reporter.report(true))!;
      const page = await browser.newPage();
      for (const html of [message.html, message.html.replace(/<style>.*?<\/style>/s, "")]) {
        for (const [width, colorScheme] of [
          [320, "light"],
          [320, "dark"],
          [1200, "light"],
        ] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          await page.setContent(html);
          expect(await overflow(page)).toBeLessThanOrEqual(0);
          expect(await contrast(page, "body *")).toBeGreaterThanOrEqual(4.5);
        }
      }
      expect(message.html).not.toMatch(/<(img|script|link)\b|url\(/);
      await page.close();
    },
  );

  test("text keeps a contrast of 4.5 in light and dark", async () => {
    for (const dark of [false, true]) {
      const { page } = await visit("/", 1200, { dark });
      expect(await contrast(page, "main *")).toBeGreaterThanOrEqual(4.5);
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
