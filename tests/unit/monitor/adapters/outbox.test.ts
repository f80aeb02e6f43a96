import { expect, test } from "@jest/globals";

import { Later, Refused } from "../../../../monitor/adapters/failures";
import { Outbox, type Carrier, type Parcel } from "../../../../monitor/adapters/outbox";
import type { Message } from "../../../../monitor/alerts/messages";
import { FakeClock } from "../fake-clock";

const message = (subject: string): Message => ({
  kind: "down",
  subject,
  text: subject,
  html: subject,
});
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const lab = (...carriers: Carrier[]) => {
  const clock = new FakeClock();
  const shelf = new Map<number, Parcel>();
  const open = (): Outbox => {
    const parcels = [...shelf.values()].filter(({ sent }) => sent === undefined);
    return new Outbox(
      {
        clock,
        log: silent,
        carriers: () => carriers,
        origin: "test",
        shelf: {
          parcel: (parcel) => {
            shelf.set(parcel.id, JSON.parse(JSON.stringify(parcel)) as Parcel);
          },
        },
      },
      { parcels, nextParcel: shelf.size + 1 },
    );
  };
  return { clock, shelf, open };
};

const relay = (name: string) => {
  const arrived: string[] = [];
  const carrier = {
    name,
    broken: false,
    arrived,
    fault: undefined as Error | undefined,
    asked: 0,
    async carry({ subject }: Message, id: string) {
      carrier.asked += 1;
      if (carrier.broken) throw carrier.fault ?? new Error("connection refused");
      arrived.push(`${subject} ${id.split("-").slice(0, 2).join("-")}`);
    },
  };
  return carrier;
};

test("relay down → two mails wait → the monitor restarts → relay up → both leave once, in order", async () => {
  const mail = relay("mail");
  mail.broken = true;
  const { clock, shelf, open } = lab(mail);
  const outbox = open();
  outbox.add(message("first"));
  outbox.add(message("second"));
  await clock.pass(60_000);
  outbox.stop();
  const again = open();
  again.start();
  await clock.pass(1000);
  expect(mail.arrived).toEqual([]);
  mail.broken = false;
  await clock.pass(300_000);
  expect(mail.arrived).toEqual(["first test-1", "second test-2"]);
  expect(again.waiting()).toEqual([]);
  expect([...shelf.values()].every(({ sent }) => sent !== undefined)).toBe(true);
});

test("a second channel takes over when the first fails", async () => {
  const [mail, hook] = [relay("mail"), relay("webhook")];
  mail.broken = true;
  const { clock, shelf, open } = lab(mail, hook);
  open().add(message("down"));
  await clock.pass(1000);
  expect(hook.arrived).toEqual(["down test-1"]);
  expect(shelf.get(1)?.by).toBe("webhook");
});

test("a channel that asks for patience is left alone that long; the second one takes over meanwhile", async () => {
  const [hook, mail] = [relay("slack"), relay("mail")];
  hook.broken = true;
  hook.fault = new Later("HTTP 429", 90_000);
  const { clock, open } = lab(hook, mail);
  const outbox = open();
  outbox.add(message("first"));
  await clock.pass(1000);
  outbox.add(message("second"));
  await clock.pass(1000);
  expect([hook.asked, mail.arrived]).toEqual([1, ["first test-1", "second test-2"]]);
  mail.broken = true;
  outbox.add(message("third"));
  hook.broken = false;
  await clock.pass(92_000);
  expect(hook.arrived).toEqual(["third test-3"]);
  expect(hook.asked).toBe(2);
});

test("a message that is refused for what it says steps aside; the others leave, and it is tried again", async () => {
  const mail = relay("mail");
  const carry = mail.carry;
  let strict = true;
  mail.carry = async (letter, id) => {
    if (strict && letter.subject === "spam") throw new Refused("554 looks like spam");
    await carry(letter, id);
  };
  const { clock, open } = lab(mail);
  const outbox = open();
  outbox.add(message("spam"));
  outbox.add(message("down"));
  await clock.pass(1000);
  expect(mail.arrived).toEqual(["down test-2"]);
  await clock.pass(5000);
  expect(outbox.stuckMs()).toBe(0);
  strict = false;
  await clock.pass(300_000);
  expect(mail.arrived).toEqual(["down test-2", "spam test-1"]);
  expect(outbox.waiting()).toEqual([]);
});

test("what can't leave for three days is given up, so that newer ones may", async () => {
  const mail = relay("mail");
  mail.broken = true;
  const { clock, open } = lab(mail);
  const outbox = open();
  outbox.add(message("old"));
  await clock.pass(3_600_000);
  expect(outbox.stuckMs()).toBe(3_600_000);
  await clock.pass(72 * 3_600_000);
  outbox.add(message("new"));
  mail.broken = false;
  await clock.pass(300_000);
  expect([mail.arrived, outbox.stuckMs()]).toEqual([["new test-2"], 0]);
});
