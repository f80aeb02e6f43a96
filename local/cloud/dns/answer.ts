import packet, { type DecodedPacket, type Packet } from "dns-packet";

import { messageOf } from "../caught";
import type { CloudState } from "../records";
import { answer, type Reply } from "./zone";

export interface DnsFault {
  readonly answer: "SERVFAIL" | "NXDOMAIN" | "silence";
}

/** What answers come from: the records as they are at that moment, and the faults in force. */
export interface AnswerSource {
  readonly state: CloudState;
  readonly fault: (name: string) => DnsFault | undefined;
  readonly log: (line: string) => void;
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
 * The answer, as `encode` puts it on the wire. Null for silence, and for what is no query: whoever
 * sent it gets no answer, as from any name server. A record that can't be put on the wire is a
 * failure of this server, for the one name only.
 */
export const answerTo = (
  source: AnswerSource,
  message: Buffer,
  encode: (query: DecodedPacket, full: Packet) => Buffer,
): Buffer | null => {
  const query = decoded(message);
  const question = query?.questions?.[0];
  if (query?.type !== "query" || !question) return null;
  const fault = source.fault(question.name.toLowerCase());
  if (fault?.answer === "silence") return null;
  try {
    return encode(
      query,
      respond(
        query,
        fault
          ? failure(fault.answer)
          : answer(source.state, { name: question.name, type: question.type }),
      ),
    );
  } catch (error) {
    source.log(`dns: ${question.type} of ${question.name}: ${messageOf(error)}`);
    return encode(query, { ...respond(query, failure("SERVFAIL")), questions: [] });
  }
};

const largest = (query: DecodedPacket): number => {
  const extension = query.additionals?.find((one) => one.type === "OPT") as
    { udpPayloadSize?: number } | undefined;
  return Math.min(4_096, Math.max(PLAIN_UDP, extension?.udpPayloadSize ?? PLAIN_UDP));
};

export const forUdp = (query: DecodedPacket, full: Packet): Buffer => {
  const bytes = packet.encode(full);
  if (bytes.length <= largest(query)) return bytes;
  return packet.encode({
    ...full,
    flags: (full.flags ?? 0) | packet.TRUNCATED_RESPONSE,
    answers: [],
    authorities: [],
  });
};
export const forTcp = (_: DecodedPacket, full: Packet): Buffer => packet.streamEncode(full);
