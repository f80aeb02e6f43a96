import { isIP } from "node:net";

import { z } from "zod";

import type { RuleRecord } from "../../records/network";
import { tagName } from "../tags";

const isNetwork = (text: string): boolean => {
  const [address = "", bits, ...rest] = text.split("/");
  const kind = isIP(address);
  return (
    kind !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128)))
  );
};
const isPorts = (text: string): boolean => {
  if (text === "" || text === "0" || text === "all") return true;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return false;
  const [low, high] = [Number(match[1]), Number(match[2] ?? match[1])];
  return low >= 1 && low <= high && high <= 65_535;
};

const ends = z.object({
  addresses: z
    .array(z.string().refine(isNetwork, "must be an IP address or a network in CIDR notation"))
    .nullish(),
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(z.string()).nullish(),
  load_balancer_uids: z.array(z.string()).nullish(),
  kubernetes_ids: z.array(z.string()).nullish(),
});
const rule = {
  protocol: z.enum(["tcp", "udp", "icmp"]),
  ports: z.string().refine(isPorts, 'must be a port, a range (8000-9000) or "all"').nullish(),
};
const rules = {
  inbound_rules: z.array(z.object({ ...rule, sources: ends })).nullish(),
  outbound_rules: z.array(z.object({ ...rule, destinations: ends })).nullish(),
};
const name = z
  .string()
  .max(255)
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/,
    "must start with a letter or digit and hold only letters, digits, dots and dashes",
  );
export const wantedFirewall = z.object({
  name,
  ...rules,
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(tagName).nullish(),
});
export const wantedRules = z.object(rules);
export const wantedDroplets = z.object({ droplet_ids: z.array(z.number().int()) });
export const wantedTags = z.object({ tags: z.array(tagName) });
export type WantedFirewall = z.infer<typeof wantedFirewall>;
type Ends = z.infer<typeof ends>;

/**
 * "all" reads back as "0", and so does nothing. Ports of icmp mean nothing and read back as they
 * were given (https://github.com/poseidon/typhoon/pull/98): the provider would see a change for
 * ever otherwise.
 */
const toRecord = (
  one: { protocol: RuleRecord["protocol"]; ports?: string | null },
  given: Ends,
): RuleRecord => {
  const kept = Object.entries(given).filter(([, list]) => list?.length);
  const ports = !one.ports || one.ports === "all" ? "0" : one.ports;
  return { protocol: one.protocol, ports, ends: Object.fromEntries(kept) };
};
export const inbound = (wanted: z.infer<typeof wantedRules>): RuleRecord[] =>
  (wanted.inbound_rules ?? []).map((one) => toRecord(one, one.sources));
export const outbound = (wanted: z.infer<typeof wantedRules>): RuleRecord[] =>
  (wanted.outbound_rules ?? []).map((one) => toRecord(one, one.destinations));

/** Clients send addresses, and what kinds of ends there are, in any order. */
const ordered = ({ protocol, ports, ends }: RuleRecord): string =>
  JSON.stringify([
    protocol,
    protocol === "icmp" ? "0" : ports,
    Object.entries(ends)
      .map(([kind, list]: [string, unknown[]]) => [kind, list.map(String).sort()])
      .sort(),
  ]);
export const same = (a: RuleRecord, b: RuleRecord): boolean => ordered(a) === ordered(b);
