import { domainToASCII } from "node:url";

import type { DnsCheck } from "@second-server/contract/check-settings";

export type RecordType = DnsCheck["type"];

/** A name as DNS compares it: in ASCII and lower case, without the dot at its end. */
const nameOf = (text: string): string => {
  const name = text.trim().replace(/\.$/, "");
  return (domainToASCII(name) || name).toLowerCase();
};

/** An address in its one short spelling (RFC 5952). */
const addressOf = (text: string): string => {
  const address = text.trim();
  return URL.canParse(`http://[${address}]/`)
    ? new URL(`http://[${address}]/`).hostname.slice(1, -1)
    : address;
};

/** A zone file's strings in quotes are one text. */
const unquoted = (text: string): string =>
  /^\s*(?:"(?:[^"\\]|\\.)*"\s*)+$/.test(text)
    ? [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
        .map(([, part = ""]) => part.replace(/\\(.)/g, "$1"))
        .join("")
    : text;

/** Node gives the bytes of a TXT record as Latin-1; they are mostly UTF-8. */
export const utf8 = (text: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
};

/** Priority and name, of which "010" is 10. */
const mailOf = (text: string): string => {
  const [priority = "", exchange = ""] = text.trim().split(/\s+/);
  return `${/^\d+$/.test(priority) ? Number(priority) : priority} ${nameOf(exchange)}`;
};

/** Tag and value; a zone file has flags before them and quotes around the value. */
const authorityOf = (text: string): string => {
  const [, tag = "", value = ""] = /^\s*(?:\d+\s+)?(\S+)\s*(.*?)\s*$/.exec(text) ?? [];
  const plain = unquoted(value).trim();
  const spelling = tag.toLowerCase() === "iodef" ? plain : plain.toLowerCase().replace(/\.$/, "");
  return `${tag.toLowerCase()} ${spelling}`;
};

const spellings: Readonly<Record<RecordType, (text: string) => string>> = {
  A: (text) => text.trim(),
  AAAA: addressOf,
  CNAME: nameOf,
  NS: nameOf,
  TXT: unquoted,
  MX: mailOf,
  CAA: authorityOf,
};

/** The record in the one spelling by which records are compared. */
export const spelled = (type: RecordType, record: string): string => spellings[type](record);

/**
 * Whether these are the same set, whatever their order, number and spelling. `found`: spelled
 * already.
 */
export const sameRecords = (
  type: RecordType,
  found: readonly string[],
  wanted: readonly string[],
): boolean => {
  const right = new Set(wanted.map((record) => spelled(type, record)));
  const there = new Set(found);
  return there.size === right.size && [...there].every((record) => right.has(record));
};
