import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createTransport } from "nodemailer";

import { openAuthority, type Authority } from "../../local/cloud/acme/authority";
import { createCustomerMail } from "../../local/cloud/api/customer-mail";
import { createJobs } from "../../local/cloud/api/jobs";
import { openInbox, type Inbox } from "../../local/cloud/mail/inbox";
import { startRelay, type Relay } from "../../local/cloud/mail/relay";
import { sendIntoInbox, sendThroughRelay, type SendLetter } from "../../local/cloud/mail/send";
import { createKeyedQueue } from "../../local/cloud/queue";
import { fakeClock } from "./harness";

let folder: string,
  inbox: Inbox,
  relay: Relay,
  authority: Authority,
  fault: "defer" | "refuse" | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "relay-"));
  authority = await openAuthority(join(folder, "ca"));
  inbox = await openInbox(join(folder, "inbox"));
  relay = await startRelay({
    inbox,
    clock: fakeClock(),
    address: "127.0.0.1",
    port: 0,
    tls: authority,
    fault: () => fault,
    log: () => undefined,
  });
});
afterAll(async () => {
  await relay.close();
  await rm(folder, { recursive: true });
});

const send = (
  auth?: { user: string; pass: string },
  more: Record<string, unknown> = { ignoreTLS: true },
) =>
  createTransport({
    host: "127.0.0.1",
    port: relay.port,
    secure: false,
    ...(auth ? { auth } : {}),
    ...more,
  }).sendMail({
    from: '"Observatory" <observatory@example.test>',
    to: ["a@example.test", "b@example.test"],
    subject: "Störung: blog",
    text: "blog is down",
    html: "<b>blog</b>",
  });

test("a mail that was taken is in the inbox, parsed, also after a restart", async () => {
  await send();
  await send({ user: "fleet", pass: "any" });
  const mails = await inbox.list();
  expect(mails).toHaveLength(2);
  expect(mails[0]).toMatchObject({
    id: "1",
    from: "observatory@example.test",
    to: ["a@example.test", "b@example.test"],
    subject: "Störung: blog",
    date: "2026-11-21T12:00:00.000Z",
    html: expect.stringContaining("<b>blog</b>"),
  });
  expect(mails[0]!.text.trim()).toBe("blog is down");
  expect(await (await openInbox(join(folder, "inbox"))).list()).toEqual(mails);
});

test("a deferred mail is refused for now, a refused connection at once; both leave the inbox as it was", async () => {
  const before = await inbox.list();
  fault = "defer";
  await expect(send()).rejects.toThrow("451");
  fault = "refuse";
  await expect(send()).rejects.toThrow("421");
  fault = undefined;
  expect(await inbox.list()).toEqual(before);
});

test("a client that trusts the lab's authority goes on in TLS; one that doesn't sends nothing", async () => {
  const before = (await inbox.list()).length;
  await send({ user: "fleet", pass: "any" }, { requireTLS: true, tls: { ca: authority.caPem } });
  await expect(send(undefined, {})).rejects.toThrow(/certificate/);
  expect(await inbox.list()).toHaveLength(before + 1);
});

test("an emptied inbox goes on counting", async () => {
  await inbox.clear();
  expect(await inbox.list()).toEqual([]);
  await send();
  expect((await inbox.list())[0]!.id).toBe("4");
});

test("DigitalOcean's own letters go through the relay; without machines, straight into the inbox", async () => {
  await inbox.clear();
  const letter = {
    to: ["owner@lab.test"],
    subject: "New root password: web",
    text: "Password: secret",
  };
  await sendThroughRelay("127.0.0.1", relay.port)(letter);
  await sendIntoInbox(inbox, fakeClock())(letter);
  const mails = await inbox.list();
  expect(mails).toHaveLength(2);
  for (const mail of mails)
    expect(mail).toMatchObject({
      from: "support@digitalocean.com",
      to: ["owner@lab.test"],
      subject: letter.subject,
      text: expect.stringContaining("Password: secret"),
    });
  fault = "refuse";
  await expect(sendThroughRelay("127.0.0.1", relay.port)(letter)).rejects.toThrow("421");
  fault = undefined;
});

test("a letter that nobody took is tried again, before those that were written after it", async () => {
  const clock = fakeClock();
  const taken: string[] = [];
  let down = true;
  const send: SendLetter = ({ subject }) =>
    down ? Promise.reject(new Error("421")) : Promise.resolve(void taken.push(subject));
  const jobs = createJobs({
    queue: createKeyedQueue(),
    save: () => Promise.resolve(),
    failed: () => undefined,
  });
  const write = createCustomerMail({ send, clock, jobs, log: () => undefined });
  write({ to: ["a@example.test"], subject: "first", text: "" });
  write({ to: ["a@example.test"], subject: "second", text: "" });
  write({ to: [], subject: "to nobody", text: "" });
  await clock.advance(0);
  expect(taken).toEqual([]);
  down = false;
  await clock.advance(5_000);
  await jobs.settled();
  expect(taken).toEqual(["first", "second"]);
});
