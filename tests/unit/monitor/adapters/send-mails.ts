/**
 * Run as a process of its own, since Node reads which authorities it trusts only at its start:
 * sends a mail by each relay of its argument and prints how each went.
 */
import type { SmtpRelay } from "@second-server/contract/channels/email";

import { transportOf } from "../../../../monitor/adapters/transport";

const message = {
  kind: "down",
  subject: "[lab] DOWN: Wörter",
  text: "it is down",
  html: "<b>it is down</b>",
} as const;

const main = async (): Promise<void> => {
  const relays = JSON.parse(process.argv[2] ?? "[]") as SmtpRelay[];
  for (const [index, relay] of relays.entries()) {
    const transport = transportOf({
      kind: "email",
      ...relay,
      from: "observatory@lab.test",
      to: ["a@lab.test", "gone@lab.test"],
    });
    const outcome = await transport.send(message, `id-${index}`, 0).then(
      (note) => note ?? "sent",
      (error: Error) => `${error.constructor.name}: ${error.message}`,
    );
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
};

void main();
