import { isIPv4, isIPv6 } from "node:net";

import { z } from "zod";

import type { DnsRecord } from "../../records/network";
import { unprocessable } from "../errors";

const types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"] as const;
const count = (most: number) => z.number().int().min(0).max(most).nullish();
const fields = {
  name: z.string().max(253).nullish(),
  data: z.string().max(65_535).nullish(),
  priority: count(65_535),
  port: count(65_535),
  weight: count(65_535),
  // Zero is what clients send for "not given".
  ttl: z.number().int().min(0).max(2_147_483_647).nullish(),
  flags: count(255),
  tag: z.string().max(15).nullish(),
};
const type = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(types, "is not a record type"));
export const recordRequest = z.object({ type, ...fields });
export const recordChange = z.object({ type: type.nullish(), ...fields });

type Content = Omit<DnsRecord, "id" | "domain">;
type Wanted = { [Field in keyof Content]?: Content[Field] | null | undefined } & { type: string };

const targets = ["CNAME", "MX", "NS", "SRV"];
const label = /^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)$/i;

/** Relative to the zone; a full name inside the zone is cut down to that. */
const relativeName = (zone: string, given: string | null | undefined): string => {
  const name = (given ?? "").toLowerCase().replace(/\.$/, "");
  if (name === zone) return "@";
  const inside = name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name;
  if (inside === "" || inside === "@") return "@";
  if (!inside.split(".").every((part) => label.test(part)))
    throw unprocessable("Name is not a valid host name.");
  if (`${inside}.${zone}`.length > 253) throw unprocessable("Name is too long.");
  return inside;
};

/** A target is sent with its final dot and read back without; the zone itself reads back as "@". */
const target = (zone: string, data: string): string => {
  if (data === "@") return "@";
  if (!data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  const name = data.slice(0, -1).toLowerCase();
  if (!name.split(".").every((part) => label.test(part)))
    throw unprocessable("Data is not a valid host name.");
  return name === zone ? "@" : name;
};

const dataOf = (zone: string, wanted: Wanted): string => {
  const data = wanted.data ?? "";
  if (data === "") throw unprocessable("Data can't be blank.");
  if (wanted.type === "A" && !isIPv4(data))
    throw unprocessable("IP address did not match IPv4 format (e.g. 127.0.0.1).");
  if (wanted.type === "AAAA" && !isIPv6(data))
    throw unprocessable("IP address did not match IPv6 format (e.g. 2001:db8::1).");
  if (targets.includes(wanted.type)) return target(zone, data);
  if (wanted.type === "CAA") return wanted.tag === "iodef" ? data : data.replace(/\.$/, "");
  return data;
};

const needed = (wanted: Wanted, field: "priority" | "port" | "weight"): number => {
  const value = wanted[field];
  if (value === null || value === undefined) throw unprocessable(`${field} can't be blank.`);
  return value;
};

export const ttlOf = (given: number | null | undefined, otherwise: number): number => {
  const ttl = given || otherwise;
  if (ttl < 30) throw unprocessable("Ttl must be at least 30.");
  return ttl;
};

/**
 * What is stored for a request: names relative, targets without their dot, numbers only where the
 * type has them.
 */
export const normalize = (zone: string, wanted: Wanted, others: readonly DnsRecord[]): Content => {
  const name = relativeName(zone, wanted.name);
  const ttl = ttlOf(wanted.ttl, 1800);
  if (wanted.type === "CAA" && !["issue", "issuewild", "iodef"].includes(wanted.tag ?? ""))
    throw unprocessable("Tag must be issue, issuewild or iodef.");
  const clash = others.some(
    (other) => other.name === name && (other.type === "CNAME" || wanted.type === "CNAME"),
  );
  if (clash) throw unprocessable("CNAME records cannot share a name with other records.");
  return {
    type: wanted.type,
    name,
    data: dataOf(zone, wanted),
    ttl,
    priority: wanted.type === "MX" || wanted.type === "SRV" ? needed(wanted, "priority") : null,
    port: wanted.type === "SRV" ? needed(wanted, "port") : null,
    weight: wanted.type === "SRV" ? needed(wanted, "weight") : null,
    flags: wanted.type === "CAA" ? (wanted.flags ?? 0) : null,
    tag: wanted.type === "CAA" ? wanted.tag! : null,
  };
};
