/** The monitor's outbox with its own carrier and one mail: run inside the lab, PASSWORD-FILE as its argument; each state of the parcel is a line of JSON. */
import { systemClock } from "../../../monitor/adapters/clock";
import { journal } from "../../../monitor/adapters/log";
import { Outbox } from "../../../monitor/adapters/outbox";
import { smtpCarrier } from "../../../monitor/adapters/smtp";

// A user's name is given, so the carrier insists on TLS.
const relay = {
  host: "relay.lab.test",
  port: 2525,
  tls: "starttls",
  user: "fleet",
  passwordFile: process.argv[2]!,
} as const;
const carrier = smtpCarrier({
  relay,
  from: "observatory@example.test",
  to: ["owner@example.test"],
});
const shelf = {
  parcel: (parcel: unknown): void => {
    console.log(JSON.stringify(parcel));
  },
};

new Outbox(
  {
    clock: systemClock,
    log: journal,
    shelf,
    carriers: () => [carrier],
    origin: "test",
  },
  { parcels: [], nextParcel: 1 },
).add({ kind: "note", subject: "one mail", text: "text", html: "<p>text</p>" });
