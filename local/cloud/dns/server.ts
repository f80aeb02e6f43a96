import { createSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";

import { answerTo, forTcp, forUdp, type AnswerSource } from "./answer";

export interface DnsOptions extends AnswerSource {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
}
export interface DnsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Messages over TCP have their length before them, and may come in any pieces. */
const serveTcp = (source: AnswerSource, socket: Socket): void => {
  let pending = Buffer.alloc(0);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      const bytes = answerTo(source, message, forTcp);
      if (bytes) socket.write(bytes);
    }
  });
};

/**
 * The lab's only name server, UDP and TCP, answering from the records as they are at that moment.
 */
export const startDns = async (options: DnsOptions): Promise<DnsServer> => {
  const udp = createSocket("udp4");
  udp.on("message", (message, from) => {
    const bytes = answerTo(options, message, forUdp);
    if (bytes) udp.send(bytes, from.port, from.address);
  });
  udp.on("error", (error) => options.log(`dns: ${error.message}`));
  await new Promise<void>((resolve, reject) => {
    udp.once("error", reject);
    udp.bind(options.port, options.address, () => {
      udp.off("error", reject);
      resolve();
    });
  });
  const { port } = udp.address();
  const tcp = createServer((socket) => serveTcp(options, socket));
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject);
    tcp.listen(port, options.address, () => {
      tcp.off("error", reject);
      resolve();
    });
  });
  return {
    port,
    close: async () => {
      await new Promise<void>((resolve) => {
        udp.close(() => resolve());
      });
      await new Promise<void>((resolve) => {
        tcp.close(() => resolve());
      });
    },
  };
};
