import { codeOf, messageOf } from "@second-server/contract/caught";

import type { Stage } from "./stage";

/** What one run of a check found. */
export interface Outcome {
  /**
   * "unknown": this machine could not tell (its own network was down). It counts neither as a pass
   * nor as a failure.
   */
  readonly result: "pass" | "fail" | "unknown";
  /** Time taken in milliseconds. */
  readonly ms: number;
  /** What is wrong, for people; absent on a pass. */
  readonly error?: string;
  /** The failure is about time (a deadline, a broken connection), not about what was answered. */
  readonly late?: boolean;
  /** What it failed at; absent where that says nothing of a layer, and on a pass. */
  readonly stage?: Stage;
  /**
   * The failure: the machine has no disk space or no inodes left. It needs no confirmation, and
   * explains much of what fails there.
   */
  readonly exhausted?: boolean;
  /** A fact worth showing, e.g. "expires in 62 days". */
  readonly detail?: string;
}

/** A finding that makes a check fail; its message is what people read. */
export class Finding extends Error {}

/** A machine has no disk space or no inodes left. */
export class Exhausted extends Finding {}

/** Nothing is known yet, or it is another check's to tell. */
export class Unsure extends Error {}

/**
 * A finding about time: it says nothing about the other side when this program itself was held up
 * meanwhile.
 */
export class TooLate extends Finding {}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ETIMEDOUT: "connection timed out",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network unreachable",
  ENOTFOUND: "name not found",
  ESERVFAIL: "name server failed",
  EREFUSED: "name server refused",
  ETIMEOUT: "name server did not answer",
  ENODATA: "name has no address",
  EAI_AGAIN: "name server did not answer",
  EPIPE: "connection closed",
  HPE_HEADER_OVERFLOW: "response headers are too large",
  CERT_HAS_EXPIRED: "certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate chain is incomplete",
  CERT_NOT_YET_VALID: "certificate is not valid yet",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate authority is not trusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for another name",
};

/** Codes by which silence shows itself. */
const lateCodes: ReadonlySet<string | undefined> = new Set([
  "ETIMEDOUT",
  "ETIMEOUT",
  "ECANCELLED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
]);
export const isLate = (error: unknown): boolean =>
  error instanceof TooLate || lateCodes.has(codeOf(error));

/** OpenSSL's reason out of its line of numbers, functions and file names. */
const tlsReason = (message: string): string | undefined => {
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  if (reason === "wrong version number") return "the answer is not TLS";
  return reason === undefined ? undefined : `TLS handshake failed: ${reason}`;
};

/** At most 300 characters on one line: errors end up in mails, pages and the database. */
export const explain = (error: unknown): string => {
  const [code, message] = [codeOf(error), messageOf(error)];
  const known = code === undefined ? undefined : words[code];
  const text = known ?? tlsReason(message) ?? (message || code || String(error));
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 300);
};
