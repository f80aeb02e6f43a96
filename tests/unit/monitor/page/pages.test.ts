import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";

import { checkState } from "../../../../monitor/alerts/alert-state";
import { ask } from "../../../../monitor/control-client";
import { incidentLink } from "../../../../monitor/page/links";
import { passwordLine } from "../../../../monitor/page/login";
import { quiet, Site } from "../site";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const downThree = (what: Record<string, string>): void => {
  site.round();
  for (let time = 0; time < 3; time += 1) site.round(what);
};

test("the status page says in words what is up, what is down and since when, and escapes what services say", async () => {
  site.round();
  expect(await site.text("/")).toContain("All services are up");
  downThree({ blog: "HTTP 500 <script>alert(1)</script>" });
  await site.observatory.writer.flush();
  const text = await site.text("/");
  expect(text).toContain("1 of 3 services is not well");
  expect(text).toContain("HTTP 500 &#60;script&#62;");
  expect(text).not.toContain("<script>alert");
});

test("a dark primary shows what is behind it as not reachable", async () => {
  downThree({
    primary: "connection timed out",
    blog: "timed out",
    chat: "timed out",
    "dead-drop": "timed out",
  });
  const { services, incidents, ok } = (await (await site.get("/api/status")).json()) as {
    ok: boolean;
    services: { condition: string }[];
    incidents: { name: string; above: string[] }[];
  };
  expect(ok).toBe(false);
  expect(services.map(({ condition }) => condition)).toEqual(["held", "held", "held"]);
  expect(incidents).toMatchObject([{ name: "primary", above: ["blog", "chat", "dead-drop"] }]);
});

test("ninety days of ten services stay small", async () => {
  for (const check of ["blog", "chat", "dead-drop"]) await site.history(check, { 3: 900, 10: 5 });
  const text = await site.text("/");
  expect(text).toContain("Last 90 days: 99.88 % up, 1 day with failures");
  expect(text.length).toBeLessThan(20_000);
});

test("history, badges, feed and metrics are in the formats that their readers expect", async () => {
  await site.history("blog", { 1: 900 });
  downThree({ blog: "HTTP 500" });
  await site.observatory.writer.flush();
  const columns = (await (await site.get("/api/history/blog?span=quarter")).json()) as Record<
    string,
    unknown[]
  >;
  expect(columns["t"]).toHaveLength(90);
  expect(columns["p99"]?.[0]).toBe(180);
  expect(await site.text("/badge/blog.svg")).toContain(">down</text>");
  expect(await site.text("/badge/blog-uptime.svg")).toContain("99.88 %");
  expect(await site.text("/feed.xml")).toContain("<title>blog is down</title>");
  expect(await site.text("/metrics")).toMatch(
    /^observatory_up\{check="blog",service="blog",kind="http"\} 0$/m,
  );
});

test("metrics keep to Prometheus' text format: each family once, with its help and type before its samples, labels escaped, a line break at the end", async () => {
  site.observatory.reload({
    ...site.observatory.view.config(),
    checks: [
      ...site.observatory.view.config().checks,
      { kind: "tcp", id: 'odd "name"\\ of\nmine', host: "192.0.2.1", port: 1 },
    ],
  });
  downThree({ blog: "HTTP 500" });
  const answer = await site.get("/metrics");
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await answer.text()).split("\n");
  expect(lines.pop()).toBe("");
  const families: string[] = [];
  for (const line of lines) {
    const [, kind, name = ""] = /^(?:# (HELP|TYPE) )?([a-zA-Z_:][a-zA-Z0-9_:]*)/.exec(line) ?? [];
    if (kind === "HELP") families.push(name);
    else expect(name).toBe(families.at(-1));
    if (kind === undefined)
      expect(line).toMatch(
        /^[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})? \d+(\.\d+)?(e[+-]\d+)?$/,
      );
  }
  expect(new Set(families).size).toBe(families.length);
  expect(lines.some((line) => line.includes('check="odd \\"name\\"\\\\ of\\nmine"'))).toBe(true);
});

test.each([
  "/nope",
  "/service/nope",
  "/service/%E0%A4%A",
  "/badge/../x.svg",
  "/badge/nope.svg",
  "/incident/99",
  "/incident/x",
  "/assets/../main.js",
  "/api/history/nope",
  "/constructor",
  "//evil",
])("GET %s is refused politely", async (path) => {
  const answer = await site.get(path);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

describe("the link in a mail", () => {
  const open = () => {
    downThree({ blog: "HTTP 500" });
    return incidentLink(site.observatory.key, `${site.base}/`, 1, site.clock.now()).slice(
      site.base.length,
    );
  };
  const press = (path: string, what: string) =>
    site.get(path, {
      method: "POST",
      body: `do=${what}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });

  test("looking changes nothing; the button acknowledges", async () => {
    const link = open();
    expect(await site.text(link)).toContain("Acknowledge</button>");
    expect([...site.observatory.alerting.state().open.values()][0]?.acknowledged).toBeUndefined();
    expect(await (await press(link, "acknowledge")).text()).toContain("incident 1 is acknowledged");
    expect([...site.observatory.alerting.state().open.values()][0]?.acknowledged).toMatchObject({
      by: "the link in a mail",
    });
  });

  test("another incident, a changed signature, an old link and a bare address allow nothing", async () => {
    const link = open();
    for (const wrong of [
      link.replace("/1?", "/2?"),
      `${link}x`,
      "/incident/1",
      link.replace(/until=\d+/, "until=9999999999"),
    ])
      expect((await press(wrong, "acknowledge")).status).toBe(403);
    site.clock.jump(15 * 86_400_000);
    expect((await press(link, "acknowledge")).status).toBe(403);
    expect(await site.text("/incident/1")).not.toContain("</button>");
  });

  test("nonsense is refused", async () => {
    expect((await press(open(), "forever")).status).toBe(409);
  });
});

test("POST /control wants the fleet's signature and the present", async () => {
  downThree({ blog: "HTTP 500" });
  const send = (at: number, key?: string) => {
    const body = JSON.stringify({
      action: "snooze",
      incident: 1,
      by: "ops",
      minutes: 60,
      at,
    });
    return site.get("/control", {
      method: "POST",
      body,
      headers: { "x-signature": key ?? site.observatory.key.sign(body) },
    });
  };
  expect((await send(site.clock.now(), "x")).status).toBe(403);
  expect((await send(site.clock.now() - 600_000)).status).toBe(403);
  expect(await (await send(site.clock.now())).json()).toEqual({
    done: "incident 1 is snoozed for 60 minutes",
  });
});

describe("maintenance", () => {
  const maintain = (more: object) =>
    site.observatory.actions.act({
      action: "maintenance",
      title: "release 1",
      minutes: 5,
      ...more,
    });
  const windows = (): string[] => site.observatory.view.maintenance().map(({ title }) => title);

  test("is shown on the page, is silent for the services it names, and ends by itself", async () => {
    site.round();
    maintain({ services: ["blog"] });
    expect(await site.text("/")).toContain(
      "Maintenance: release 1 (blog), until 2026-11-21 12:05:00 UTC",
    );
    for (let time = 0; time < 3; time += 1) site.round({ blog: "HTTP 502", chat: "HTTP 502" });
    expect(site.observatory.queue.waiting().map(({ message }) => message.subject)).toEqual([
      "[lab] DOWN: chat",
    ]);
    site.clock.jump(300_001);
    expect(windows()).toEqual([]);
    site.observatory.tick();
    expect(site.observatory.queue.waiting().map(({ message }) => message.subject)).toEqual([
      "[lab] DOWN: chat",
      "[lab] DOWN: blog",
    ]);
  });

  test("ended while a check still has to pass its times: it is looked at now, and the window stays open for just so long, so that its end is no alert", () => {
    site.round();
    maintain({});
    for (let time = 0; time < 3; time += 1) site.round({ blog: "HTTP 502" });
    site.round();
    const hurried = jest.spyOn(site.observatory.schedule, "hurry");
    expect(
      site.observatory.actions.act({ action: "end-maintenance", title: "release 1" }),
    ).toContain("is over in 35 s");
    expect(hurried.mock.calls).toEqual([["blog"]]);
    expect(windows()).toEqual(["release 1"]);
    site.round();
    site.clock.jump(36_000);
    site.observatory.tick();
    expect(windows()).toEqual([]);
    expect(site.observatory.queue.waiting()).toEqual([]);
    maintain({});
    expect(site.observatory.actions.act({ action: "end-maintenance", title: "release 1" })).toBe(
      'maintenance "release 1" is over',
    );
    expect(() =>
      site.observatory.actions.act({ action: "end-maintenance", title: "release 1" }),
    ).toThrow("there is no maintenance");
  });

  test("the primary asks by the public name, with its own key; a wrong key and another server's answer are told apart", async () => {
    const file = (name: string, text: string): string => {
      writeFileSync(join(site.folder, name), text);
      return join(site.folder, name);
    };
    const config = (key: string) =>
      file(
        "watchdog.json",
        JSON.stringify({
          stateFile: "/x",
          report: { url: `${site.base}/report`, keyFile: file("key", key), units: [] },
        }),
      );
    site.clock.jump(Date.now() - site.clock.now());
    expect(
      await ask(config("p".repeat(48)), {
        action: "maintenance",
        title: "release 2",
        minutes: 5,
        services: ["chat"],
      }),
    ).toBe('maintenance "release 2" for 5 minutes');
    expect(site.observatory.view.maintenance()).toMatchObject([
      { title: "release 2", services: ["chat"] },
    ]);
    await expect(
      ask(config("0".repeat(64)), { action: "end-maintenance", title: "release 2" }),
    ).rejects.toThrow("the signature does not fit");
    await expect(
      ask(file("bare.json", JSON.stringify({ stateFile: "/x" })), {
        action: "end-maintenance",
        title: "x",
      }),
    ).rejects.toThrow("does not say where the Observatory is");
  });
});

test("the operator's view is closed without a login, and slow to guess", async () => {
  expect((await site.get("/operator")).status).toBe(404);
  const file = join(site.folder, "operator");
  writeFileSync(file, await passwordLine("ops", "correct: horse"));
  site.observatory.reload({ ...site.observatory.view.config(), operatorFile: file });
  const ask = (password: string, init: RequestInit = {}) =>
    site.get("/operator", {
      ...init,
      headers: {
        authorization: `Basic ${Buffer.from(`ops:${password}`).toString("base64")}`,
        ...init.headers,
      },
    });
  expect((await site.get("/operator")).headers.get("www-authenticate")).toContain("Basic");
  expect((await ask("wrong")).status).toBe(401);
  expect((await ask("correct: horse")).status).toBe(429);
  expect((await ask("correct: horse", { headers: { "x-real-ip": "203.0.113.9" } })).status).toBe(
    200,
  );
  await site.clock.pass(1001);
  expect((await ask("wrong")).status).toBe(401);
  await site.clock.pass(1001);
  expect((await ask("wrong")).status).toBe(429);
  await site.clock.pass(1001);
  expect((await ask("correct: horse")).status).toBe(200);
  const begin = {
    method: "POST",
    body: "action=maintenance&title=move&minutes=5",
    headers: { "sec-fetch-site": "cross-site" },
  };
  expect((await ask("correct: horse", begin)).status).toBe(403);
  expect(
    (await ask("correct: horse", { ...begin, headers: { origin: "https://evil.example" } })).status,
  ).toBe(403);
  expect(
    await (await ask("correct: horse", { ...begin, headers: { origin: site.base } })).text(),
  ).toContain("maintenance &#34;move&#34; for 5 minutes");
  writeFileSync(file, "a password of the stack\n");
  const stack = (user: string, password: string) =>
    site.get("/operator", {
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
        "x-real-ip": `203.0.113.${user.length}`,
      },
    });
  expect((await stack("operator", "a password of the stack")).status).toBe(200);
  expect((await stack("root", "a password of the stack")).status).toBe(401);
});

test("a new configuration that is bad changes nothing and is told; a good one keeps what goes on", async () => {
  site.round();
  const { reload } = await import("../../../../monitor/observatory");
  const file = join(site.folder, "config.json");
  writeFileSync(file, "{");
  reload(site.observatory, file, quiet);
  expect(site.observatory.alerting.state().watched.size).toBe(4);
  expect(site.observatory.queue.waiting().map(({ message }) => message.subject)).toEqual([
    "[lab] The monitor's new configuration is not used",
  ]);
  downThree({ chat: "HTTP 500" });
  writeFileSync(
    file,
    JSON.stringify({
      ...site.observatory.view.config(),
      checks: site.observatory.view.config().checks.slice(0, 1),
    }),
  );
  reload(site.observatory, file, quiet);
  expect([...site.observatory.alerting.state().watched.keys()]).toEqual(["primary", "blog"]);
  expect(site.observatory.alerting.state().open.size).toBe(0);
  expect(checkState(site.observatory.alerting.state(), "blog").lastOk).toBe(true);
});
