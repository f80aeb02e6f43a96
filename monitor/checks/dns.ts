import { type CaaRecord, Resolver } from "node:dns";
import { promisify } from "node:util";

import type { DnsCheck } from "@second-server/contract/observatory";

import { listOf, oneOf, optional, text } from "../rules";
import type { Advice } from "./advice";
import type { LookingKind } from "./check-kind";
import { type RecordType, sameRecords, spelled, utf8 } from "./dns-records";
import { Finding, TooLate } from "./outcome";

type Method<Result> = (
  name: string,

  done: (error: Error | null, result: Result) => void,
) => void;

const caaText = ({ critical: _critical, ...properties }: CaaRecord): string =>
  Object.entries(properties)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(" ");

/** Each answer as one text, as people write records: "10 mail.example.test", "issue letsencrypt.org". */
const ask = async (resolver: Resolver, name: string, type: RecordType): Promise<string[]> => {
  const bound = <Result>(method: Method<Result>): Promise<Result> =>
    promisify<string, Result>(method.bind(resolver))(name);
  const asking: Readonly<Record<RecordType, () => Promise<string[]>>> = {
    A: () => bound<string[]>(resolver.resolve4),
    AAAA: () => bound<string[]>(resolver.resolve6),
    CNAME: () => bound<string[]>(resolver.resolveCname),
    NS: () => bound<string[]>(resolver.resolveNs),
    TXT: async () =>
      (await bound<string[][]>(resolver.resolveTxt)).map((parts) => utf8(parts.join(""))),
    MX: async () =>
      (await bound<{ priority: number; exchange: string }[]>(resolver.resolveMx)).map(
        ({ priority, exchange }) => `${priority} ${exchange}`,
      ),
    CAA: async () => (await bound<CaaRecord[]>(resolver.resolveCaa)).map(caaText),
  };
  return asking[type]();
};

/** @returns the answer. @throws Finding when it is not the expected set. */
export const checkDns = async (check: DnsCheck, timeoutMs: number): Promise<string> => {
  const { name, type, equals } = check;
  const resolver = new Resolver({ timeout: Math.max(500, Math.floor(timeoutMs / 3)), tries: 2 });
  if (check.server !== undefined) resolver.setServers([check.server]);
  const deadline = setTimeout(() => resolver.cancel(), timeoutMs);
  try {
    const found = (await ask(resolver, name, type)).map((record) => spelled(type, record)).sort();
    // A chain of CNAMEs that ends nowhere is an answer without an error.
    if (found.length === 0) throw new Finding(`${name} has no ${type} record`);
    if (equals !== undefined && !sameRecords(type, found, equals))
      throw new Finding(
        `${name} ${type} is ${found.join(", ")}, not ${[...equals].sort().join(", ")}`,
      );
    return found.join(", ");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ECANCELLED")
      throw new TooLate(`no answer from the name server within ${timeoutMs / 1000} s`);
    throw error;
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
    server: optional(text),
  },
  run: checkDns,
  advice: () => advice,
};
