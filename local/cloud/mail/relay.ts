import type { Readable } from "node:stream";

import { SMTPServer } from "smtp-server";

import type { Clock } from "../clock";
import type { Inbox } from "./inbox";

export interface RelayOptions {
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM. A client may go on in TLS (STARTTLS), as every relay on the internet offers it. */
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly fault: () => "defer" | "refuse" | undefined;
  readonly log: (line: string) => void;
}
export interface Relay {
  readonly port: number;
  close(): Promise<void>;
}

const LARGEST_MAIL = 10 << 20;

const collect = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const refusal = (code: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode: code });

/** Takes every mail for everybody and keeps it in the inbox. Any user and password will do. */
export const startRelay = async (options: RelayOptions): Promise<Relay> => {
  const server = new SMTPServer({
    name: "relay.lab.test",
    banner: "second-server lab",
    authOptional: true,
    allowInsecureAuth: true,
    cert: options.tls.certificate,
    key: options.tls.key,
    size: LARGEST_MAIL,
    disableReverseLookup: true,
    onConnect: (_session, callback) =>
      callback(options.fault() === "refuse" ? refusal(421, "Service not available") : null),
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anonymous" }),
    onData: (stream, session, callback) => {
      const { mailFrom, rcptTo } = session.envelope;
      collect(stream)
        .then(async (raw) => {
          if (options.fault() === "defer") throw refusal(451, "Try again later");
          if (stream.sizeExceeded) throw refusal(552, "Message too large");
          await options.inbox.add({
            raw,
            from: mailFrom ? mailFrom.address : "",
            to: rcptTo.map((one) => one.address),
            at: options.clock.now(),
          });
        })
        .then(
          () => callback(null, "Kept"),
          (error: Error) => callback(error),
        );
    },
  });
  server.on("error", (error: Error) => options.log(`relay: ${error.message}`));
  const listening = await new Promise<{ address(): unknown }>((resolve, reject) => {
    server.once("error", reject);
    const bound = server.listen(options.port, options.address, () => {
      server.off("error", reject);
      resolve(bound);
    });
  });
  return {
    port: (listening.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
};
