import { createSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";

import packet, { type DecodedPacket, type Packet } from "dns-packet";

import type { CloudState } from "../records";
import { answer, type Reply } from "./zone";

export interface DnsFault {
  readonly answer: "SERVFAIL" | "NXDOMAIN" | "silence";
}
export interface DnsOptions {
  readonly state: CloudState;
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly fault: (name: string) => DnsFault | undefined;
  readonly log: (line: string) => void;
}
export interface DnsServer {
  readonly port: number;
  close(): Promise<void>;
}

const rcodes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const PLAIN_UDP = 512;

const respond = (query: DecodedPacket, reply: Reply): Packet => ({
  type: "response",
  id: query.id ?? 0,
  flags:
    ((query.flags ?? 0) & packet.RECURSION_DESIRED) |
    packet.RECURSION_AVAILABLE |
    (reply.authoritative ? packet.AUTHORITATIVE_ANSWER : 0) |
    rcodes[reply.rcode],
  questions: query.questions ?? [],
  answers: reply.answers,
  authorities: reply.authorities,
});

/** Null for what is no DNS message. */
const decoded = (message: Buffer): DecodedPacket | null => {
  try {
    return packet.decode(message);
  } catch {
    return null;
  }
};

const failure = (rcode: Reply["rcode"]): Reply => ({
  rcode,
  authoritative: false,
  answers: [],
  authorities: [],
});

/**
 * The answer, as `encode` puts it on the wire. Null for silence, and for what is no query: whoever sent it gets no answer, as from any
 * name server. A record that can't be put on the wire is a failure of this server, for the one name only.
 */
const answerTo = (
  options: DnsOptions,
  message: Buffer,
  encode: (query: DecodedPacket, full: Packet) => Buffer,
): Buffer | null => {
  const query = decoded(message);
  const question = query?.questions?.[0];
  if (query?.type !== "query" || !question) return null;
  const fault = options.fault(question.name.toLowerCase());
  if (fault?.answer === "silence") return null;
  try {
    return encode(
      query,
      respond(
        query,
        fault
          ? failure(fault.answer)
          : answer(options.state, { name: question.name, type: question.type }),
      ),
    );
  } catch (error) {
    options.log(`dns: ${question.type} of ${question.name}: ${(error as Error).message}`);
    return encode(query, { ...respond(query, failure("SERVFAIL")), questions: [] });
  }
};

const largest = (query: DecodedPacket): number => {
  const extension = query.additionals?.find((one) => one.type === "OPT") as
    { udpPayloadSize?: number } | undefined;
  return Math.min(4_096, Math.max(PLAIN_UDP, extension?.udpPayloadSize ?? PLAIN_UDP));
};

const forUdp = (query: DecodedPacket, full: Packet): Buffer => {
  const bytes = packet.encode(full);
  if (bytes.length <= largest(query)) return bytes;
  return packet.encode({
    ...full,
    flags: (full.flags ?? 0) | packet.TRUNCATED_RESPONSE,
    answers: [],
    authorities: [],
  });
};
const forTcp = (_: DecodedPacket, full: Packet): Buffer => packet.streamEncode(full);

/** Messages over TCP have their length before them, and may come in any pieces. */
const serveTcp = (options: DnsOptions, socket: Socket): void => {
  let pending = Buffer.alloc(0);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      const bytes = answerTo(options, message, forTcp);
      if (bytes) socket.write(bytes);
    }
  });
};

/** The lab's only name server, UDP and TCP, answering from the records as they are at that moment. */
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
