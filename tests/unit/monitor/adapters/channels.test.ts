import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Channel, ChannelKind } from "@second-server/contract/channels/registry";

import { Later, Refused } from "../../../../monitor/adapters/failures";
import { transportOf } from "../../../../monitor/adapters/transport";
import type { Message } from "../../../../monitor/alerts/messages";
import { discord, ntfy, Receiver, slack, telegram, webhook } from "./receivers";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "channels-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), `${text}\n`);
  return join(folder, name);
};

const URL = "https://status.example.test/incident/7?until=1796474082&sign=Ab_c-D__e";
const alert = (error = "HTTP 502 <b>*bad* _gate_ & `way`</b> @everyone Grüße 🚒"): Message => ({
  kind: "down",
  subject: "[lab] DOWN: wörter_buch",
  text: `wörter_buch is down\n\nLast error: ${error}\n\n${URL}\n`,
  html: "",
  url: URL,
});

const services = {
  slack: [
    slack,
    (base) => ({ kind: "slack", urlFile: file("slack", `${base}/services/T0/B0/secret`) }),
  ],
  discord: [
    discord,
    (base) => ({ kind: "discord", urlFile: file("discord", `${base}/api/webhooks/1/secret`) }),
  ],
  telegram: [
    telegram,
    (base) => ({
      kind: "telegram",
      chat: "-100200",
      api: base,
      tokenFile: file("telegram", "1:secret"),
    }),
  ],
  ntfy: [
    ntfy,
    (base) => ({ kind: "ntfy", url: `${base}/alerts`, tokenFile: file("ntfy", "tk_secret") }),
  ],
  webhook: [webhook, (base) => ({ kind: "webhook", url: `${base}/hook` })],
  // Mail has a relay of its own: smtp.test.ts.
} satisfies Record<Exclude<ChannelKind, "email">, readonly [unknown, (base: string) => Channel]>;

describe.each(Object.entries(services))("%s", (_name, [service, channelAt]) => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await Receiver.open(service);
  });
  afterEach(() => receiver.close());
  const send = (message = alert()) =>
    transportOf(channelAt(receiver.base)).send(message, "observatory-1-2", 0);

  test("takes the alert, and shows what the service said as it said it, with the link whole", async () => {
    await send();
    expect(receiver.shown).toEqual([
      expect.stringContaining("<b>*bad* _gate_ & `way`</b> @everyone Grüße 🚒"),
    ]);
    expect(receiver.shown[0]).toContain(alert().subject);
    expect(receiver.shown[0]).toContain(URL);
  });

  test("takes a message far beyond its limit, shortened between lines, with the link to the rest", async () => {
    await send(alert(Array.from({ length: 900 }, (_, line) => `line ${line} <&> 🚒`).join("\n")));
    expect(receiver.shown[0]).toContain("line 0 <&> 🚒");
    expect(receiver.shown[0]).toMatch(/🚒\n(… \(shortened\)|line 899.*\n)\n.*$/s);
    expect(receiver.shown[0]?.trimEnd().endsWith(URL)).toBe(true);
  });

  test("takes the report's table", async () => {
    await send({
      kind: "report",
      subject: "[lab] Report: 1 of 2 are not well",
      text: `Service  State\nblog     OK\n${"wide ".repeat(900)}\n\n${URL}\n`,
      html: "",
      url: URL,
    });
    expect(receiver.shown[0]).toContain("blog     OK");
  });

  test("429 asks for patience as long as it says", async () => {
    receiver.instead.push({ status: 429, headers: { "retry-after": "17" } });
    await expect(send()).rejects.toMatchObject({ constructor: Later, afterMs: 17_000 });
  });

  test("500 is tried again; 400 is this message's own fault; 404 is the address's", async () => {
    receiver.instead.push(
      { status: 500, body: "oops" },
      { status: 400, body: "what?" },
      { status: 404, body: "gone" },
      { status: 302, headers: { location: "/login" } },
    );
    await expect(send()).rejects.toThrow(/^HTTP 500 oops$/);
    await expect(send()).rejects.toBeInstanceOf(Refused);
    await expect(send()).rejects.toThrow(/^HTTP 404 gone: its address or token/);
    await expect(send()).rejects.toThrow(/^HTTP 302/);
    expect(receiver.shown).toEqual([]);
  });

  test("its secret is in no error", async () => {
    receiver.instead.push({ status: 500 });
    const errors = [await send().catch(String)];
    receiver.close();
    errors.push(await send().catch(String));
    expect(errors.join()).not.toContain("secret");
  });
});

describe("answers that only look like success, and the ones that name a way out", () => {
  let receiver: Receiver;
  afterEach(() => receiver.close());

  test.each(["slack", "telegram"] as const)(
    "a page of something in between answers 200 for %s",
    async (name) => {
      const [service, channelAt] = services[name];
      receiver = await Receiver.open(service);
      receiver.instead.push({ status: 200, body: "<html>Welcome to our Wi-Fi</html>" });
      await expect(transportOf(channelAt(receiver.base)).send(alert(), "x", 0)).rejects.toThrow(
        /^HTTP 200 <html>/,
      );
    },
  );

  test("Telegram and Discord say in the body how long to wait; a group that became a supergroup names its new id", async () => {
    receiver = await Receiver.open(telegram);
    const channel = services.telegram[1](receiver.base);
    const answers = [
      [
        429,
        {
          ok: false,
          error_code: 429,
          description: "Too Many Requests: retry after 35",
          parameters: { retry_after: 35 },
        },
      ],
      [429, { message: "You are being rate limited.", retry_after: 64.57, global: false }],
      [
        400,
        {
          ok: false,
          description: "Bad Request: group chat was upgraded to a supergroup chat",
          parameters: { migrate_to_chat_id: -1009 },
        },
      ],
    ] as const;
    receiver.instead.push(
      ...answers.map(([status, body]) => ({ status, body: JSON.stringify(body) })),
    );
    const send = () => transportOf(channel).send(alert(), "x", 0);
    await expect(send()).rejects.toMatchObject({ afterMs: 35_000 });
    await expect(send()).rejects.toMatchObject({ afterMs: 64_570 });
    await expect(send()).rejects.toThrow("new id -1009");
  });
});
