import { expect, test } from "@jest/globals";

import { Later, Refused } from "../../../../monitor/adapters/failures";
import { createMessageQueue, type MessageQueue } from "../../../../monitor/adapters/message-queue";
import type { QueuedMessage } from "../../../../monitor/adapters/queued-message";
import type { Transport } from "../../../../monitor/adapters/transport";
import type { Message } from "../../../../monitor/alerts/messages";
import { FakeClock } from "../fake-clock";

const message = (subject: string): Message => ({
  kind: "down",
  subject,
  text: subject,
  html: subject,
});
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const lab = (...transports: Transport[]) => {
  const clock = new FakeClock();
  const stored = new Map<number, QueuedMessage>();
  const open = (): MessageQueue => {
    const queued = [...stored.values()].filter(({ sent }) => sent === undefined);
    return createMessageQueue(
      {
        clock,
        log: silent,
        transports: () => transports,
        origin: "test",
        store: {
          message: (one) => {
            stored.set(one.id, JSON.parse(JSON.stringify(one)) as QueuedMessage);
          },
        },
      },
      { queued, nextMessage: stored.size + 1 },
    );
  };
  return { clock, stored, open };
};

const relay = (name: string) => {
  const arrived: string[] = [];
  const transport = {
    name,
    broken: false,
    arrived,
    fault: undefined as Error | undefined,
    asked: 0,
    send: async ({ subject }: Message, id: string): Promise<undefined> => {
      transport.asked += 1;
      if (transport.broken) throw transport.fault ?? new Error("connection refused");
      arrived.push(`${subject} ${id.split("-").slice(0, 2).join("-")}`);
    },
  };
  return transport;
};

test("relay down → two mails wait → the monitor restarts → relay up → both leave once, in order", async () => {
  const mail = relay("mail");
  mail.broken = true;
  const { clock, stored, open } = lab(mail);
  const queue = open();
  queue.add(message("first"));
  queue.add(message("second"));
  await clock.pass(60_000);
  queue.stop();
  const again = open();
  again.start();
  await clock.pass(1000);
  expect(mail.arrived).toEqual([]);
  mail.broken = false;
  await clock.pass(300_000);
  expect(mail.arrived).toEqual(["first test-1", "second test-2"]);
  expect(again.waiting()).toEqual([]);
  expect([...stored.values()].every(({ sent }) => sent !== undefined)).toBe(true);
});

test("a second channel takes over when the first fails", async () => {
  const [mail, hook] = [relay("mail"), relay("webhook")];
  mail.broken = true;
  const { clock, stored, open } = lab(mail, hook);
  open().add(message("down"));
  await clock.pass(1000);
  expect(hook.arrived).toEqual(["down test-1"]);
  expect(stored.get(1)?.by).toBe("webhook");
});

test("a channel that asks for patience is left alone that long; the second one takes over meanwhile", async () => {
  const [hook, mail] = [relay("slack"), relay("mail")];
  hook.broken = true;
  hook.fault = new Later("HTTP 429", 90_000);
  const { clock, open } = lab(hook, mail);
  const queue = open();
  queue.add(message("first"));
  await clock.pass(1000);
  queue.add(message("second"));
  await clock.pass(1000);
  expect([hook.asked, mail.arrived]).toEqual([1, ["first test-1", "second test-2"]]);
  mail.broken = true;
  queue.add(message("third"));
  hook.broken = false;
  await clock.pass(92_000);
  expect(hook.arrived).toEqual(["third test-3"]);
  expect(hook.asked).toBe(2);
});

test("a message that is refused for what it says steps aside; the others leave, and it is tried again", async () => {
  const mail = relay("mail");
  const send = mail.send;
  let strict = true;
  mail.send = async (letter, id) => {
    if (strict && letter.subject === "spam") throw new Refused("554 looks like spam");
    return send(letter, id);
  };
  const { clock, open } = lab(mail);
  const queue = open();
  queue.add(message("spam"));
  queue.add(message("down"));
  await clock.pass(1000);
  expect(mail.arrived).toEqual(["down test-2"]);
  await clock.pass(5000);
  expect(queue.stuckMs()).toBe(0);
  strict = false;
  await clock.pass(300_000);
  expect(mail.arrived).toEqual(["down test-2", "spam test-1"]);
  expect(queue.waiting()).toEqual([]);
});

test("what can't leave for three days is given up, so that newer ones may", async () => {
  const mail = relay("mail");
  mail.broken = true;
  const { clock, open } = lab(mail);
  const queue = open();
  queue.add(message("old"));
  await clock.pass(3_600_000);
  expect(queue.stuckMs()).toBe(3_600_000);
  await clock.pass(72 * 3_600_000);
  queue.add(message("new"));
  mail.broken = false;
  await clock.pass(300_000);
  expect([mail.arrived, queue.stuckMs()]).toEqual([["new test-2"], 0]);
});

test("more than twenty messages in ten minutes: the rest leave as one, in order, with none left out, also over a restart", async () => {
  const mail = relay("mail");
  const { clock, stored, open } = lab(mail);
  const queue = open();
  for (let number = 1; number <= 24; number += 1) queue.add(message(`[lab] DOWN: check-${number}`));
  queue.add({ ...message("[lab] UP: check-23"), kind: "up" });
  queue.add({ ...message("[lab] report"), kind: "report" });
  for (let second = 0; second < 60; second += 1) await clock.pass(1000);
  expect(mail.arrived).toHaveLength(21);
  queue.stop();
  const again = open();
  again.start();
  again.add(message("[lab] DOWN: check-25"));
  await clock.pass(61_000);
  expect(mail.arrived.slice(21)).toEqual([
    expect.stringMatching(/^\[lab\] 6 more messages: 5 alerts, 1 all-clear /),
  ]);
  const digest = [...stored.values()].find(({ message: { subject } }) => subject.includes("more"));
  const told = [...(digest?.message.text ?? "").matchAll(/\[lab\] (\S+ check-\d+)/g)].map(
    ([, what]) => what,
  );
  expect([...new Set(told)]).toEqual([
    "DOWN: check-21",
    "DOWN: check-22",
    "DOWN: check-23",
    "DOWN: check-24",
    "UP: check-23",
    "DOWN: check-25",
  ]);
  expect([again.waiting(), [...stored.values()].filter(({ sent }) => sent === undefined)]).toEqual([
    [],
    [],
  ]);
  await clock.pass(10 * 60_000);
  again.add(message("[lab] DOWN: check-26"));
  await clock.pass(1000);
  expect(mail.arrived.at(-1)).toContain("DOWN: check-26");
});

test("what is gathered waits for a broken relay as the rest does, and is told once", async () => {
  const mail = relay("mail");
  mail.broken = true;
  const { clock, open } = lab(mail);
  const queue = open();
  for (let number = 1; number <= 22; number += 1) queue.add(message(`[lab] DOWN: check-${number}`));
  await clock.pass(20 * 60_000);
  mail.broken = false;
  for (let minute = 0; minute < 30; minute += 1) await clock.pass(20_000);
  expect(mail.arrived).toHaveLength(21);
  expect(mail.arrived.at(-1)).toContain("[lab] 2 more messages: 2 alerts");
});
