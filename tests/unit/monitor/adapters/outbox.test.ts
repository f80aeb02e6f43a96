import { expect, test } from "@jest/globals";
import { Outbox, type Carrier, type Parcel } from "../../../../monitor/adapters/outbox";
import type { Message } from "../../../../monitor/alerts/messages";
import { FakeClock } from "../fake-clock";

const message = (subject: string): Message => ({ kind: "down", subject, text: subject, html: subject });
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function lab(...carriers: Carrier[]) {
  const clock = new FakeClock();
  const shelf = new Map<number, Parcel>();
  const open = (): Outbox => {
    const parcels = [...shelf.values()].filter(({ sent }) => sent === undefined);
    return new Outbox({ clock, log: silent, carriers: () => carriers, origin: "test", shelf: { parcel: (parcel) => { shelf.set(parcel.id, JSON.parse(JSON.stringify(parcel)) as Parcel); } } }, { parcels, nextParcel: shelf.size + 1 });
  };
  return { clock, shelf, open };
}

const relay = (name: string) => {
  const arrived: string[] = [];
  const carrier = { name, broken: false, arrived, async carry({ subject }: Message, id: string) { if (carrier.broken) throw new Error("connection refused"); arrived.push(`${subject} ${id.split("-").slice(0, 2).join("-")}`); } };
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
