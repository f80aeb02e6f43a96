/**
 * The monitor's message queue with its own transport and one mail: run inside the lab,
 * PASSWORD-FILE as its argument; each state of the mail is a line of JSON.
 */
import { systemClock } from "../../../monitor/adapters/clock";
import { journal } from "../../../monitor/adapters/log";
import { createMessageQueue } from "../../../monitor/adapters/message-queue";
import { transportOf } from "../../../monitor/adapters/transport";

// A user's name is given, so the transport insists on TLS.
const relay = {
  host: "relay.lab.test",
  port: 2525,
  tls: "starttls",
  user: "fleet",
  passwordFile: process.argv[2]!,
} as const;
const transport = transportOf({
  kind: "email",
  ...relay,
  from: "observatory@example.test",
  to: ["owner@example.test"],
});
const store = {
  message: (mail: unknown): void => {
    console.log(JSON.stringify(mail));
  },
};

createMessageQueue(
  {
    clock: systemClock,
    log: journal,
    store,
    transports: () => [transport],
    origin: "test",
  },
  { queued: [], nextMessage: 1 },
).add({ kind: "note", subject: "one mail", text: "text", html: "<p>text</p>" });
