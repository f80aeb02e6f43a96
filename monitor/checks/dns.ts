import type { CaaRecord } from "node:dns";
import { Resolver } from "node:dns/promises";

import { codeOf } from "@second-server/contract/caught";
import type { DnsCheck } from "@second-server/contract/check-settings";

import { listOf, oneOf, optional, text } from "../rules";
import type { Advice } from "./advice";
import { authoritiesOf, isMissing } from "./authority";
import type { LookingKind } from "./check-kind";
import { type RecordType, sameRecords, spelled, utf8 } from "./dns-records";
import { Finding, TooLate } from "./outcome";
import { failedAt } from "./stage";

/** Who is asked, where it is not this machine's resolver, and the port of zones' own servers. */
export interface DnsServers {
  readonly resolvers?: readonly string[];
  readonly authorityPort?: number;
}

const caaText = ({ critical: _critical, ...properties }: CaaRecord): string =>
  Object.entries(properties)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(" ");

/**
 * Each answer as one text, as people write records: "10 mail.example.test", "issue
 * letsencrypt.org".
 */
const ask = async (resolver: Resolver, name: string, type: RecordType): Promise<string[]> => {
  switch (type) {
    case "A":
      return resolver.resolve4(name);
    case "AAAA":
      return resolver.resolve6(name);
    case "CNAME":
      return resolver.resolveCname(name);
    case "NS":
      return resolver.resolveNs(name);
    case "TXT":
      return (await resolver.resolveTxt(name)).map((parts) => utf8(parts.join("")));
    case "MX":
      return (await resolver.resolveMx(name)).map(
        ({ priority, exchange }) => `${priority} ${exchange}`,
      );
    case "CAA":
      return (await resolver.resolveCaa(name)).map(caaText);
  }
};

/** Resolvers of one run: all are given up at its deadline. */
const createResolvers = (timeoutMs: number) => {
  const all: Resolver[] = [];
  return {
    open: (servers?: readonly string[]): Resolver => {
      const resolver = new Resolver({
        timeout: Math.max(500, Math.floor(timeoutMs / 3)),
        tries: 2,
      });
      if (servers !== undefined) resolver.setServers(servers);
      all.push(resolver);
      return resolver;
    },
    cancel: (): void => all.forEach((resolver) => resolver.cancel()),
  };
};

/**
 * A name that the resolver does not know may be there by now: the zone's own servers are asked
 * before that is believed.
 */
const askAll = async (
  { name, type }: DnsCheck,
  open: (servers?: readonly string[]) => Resolver,
  { resolvers, authorityPort }: DnsServers,
): Promise<string[]> => {
  const resolver = open(resolvers);
  try {
    return await ask(resolver, name, type);
  } catch (missing) {
    if (!isMissing(missing)) throw missing;
    const authorities = await authoritiesOf(resolver, name, authorityPort);
    if (authorities.length === 0) throw missing;
    return await ask(open(authorities), name, type).catch(() => {
      throw missing;
    });
  }
};

/** @returns the answer. @throws Finding when it is not the expected set. */
export const checkDns = async (
  check: DnsCheck,
  timeoutMs: number,
  servers: DnsServers = {},
): Promise<string> => {
  const { name, type, equals } = check;
  const resolvers = createResolvers(timeoutMs);
  const deadline = setTimeout(resolvers.cancel, timeoutMs);
  try {
    const records = await askAll(check, resolvers.open, servers);
    const found = records.map((record) => spelled(type, record)).sort();
    // A chain of CNAMEs that ends nowhere is an answer without an error.
    if (found.length === 0) throw new Finding(`${name} has no ${type} record`);
    if (equals !== undefined && !sameRecords(type, found, equals))
      throw new Finding(
        `${name} ${type} is ${found.join(", ")}, not ${[...equals].sort().join(", ")}`,
      );
    return found.join(", ");
  } catch (error) {
    if (error instanceof Finding) throw failedAt("answer", error);
    if (codeOf(error) === "ECANCELLED")
      throw failedAt(
        "name",
        new TooLate(`no answer from the name server within ${timeoutMs / 1000} s`),
      );
    throw failedAt("name", error);
  } finally {
    clearTimeout(deadline);
  }
};

const advice: Advice = {
  wrong: "A name of the fleet is not resolved as it should be",
  affects: "visitors may not find any service, whatever the servers do.",
  steps: [
    { say: "Do the records exist as fleet.yaml says?", run: "./fleet refresh" },
    { say: "Is the domain still yours and delegated to DigitalOcean? Look at the registrar." },
  ],
};

export const dnsKind: LookingKind<DnsCheck> = {
  source: "network",
  layer: "dns",
  fields: {
    name: text,
    type: oneOf("A", "AAAA", "CNAME", "MX", "NS", "TXT", "CAA"),
    equals: optional(listOf(text)),
  },
  run: (check, timeoutMs) => checkDns(check, timeoutMs),
  advice: () => advice,
};
