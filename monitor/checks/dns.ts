import { type CaaRecord, Resolver } from "node:dns";
import { promisify } from "node:util";

import type { DnsCheck } from "@second-server/contract/observatory";

import { Finding, TooLate } from "./outcome";

const plain = (name: string): string => name.replace(/\.$/, "").toLowerCase();

/** Each answer as one text, as people write records: "10 mail.example.test", "issue letsencrypt.org". */
const ask = async (resolver: Resolver, name: string, type: DnsCheck["type"]): Promise<string[]> => {
  const bound = <Result>(
    method: (name: string, done: (error: Error | null, result: Result) => void) => void,
  ): Promise<Result> => promisify(method.bind(resolver) as typeof method)(name);
  switch (type) {
    case "A":
      return bound<string[]>(resolver.resolve4);
    case "AAAA":
      return bound<string[]>(resolver.resolve6);
    case "CNAME":
      return (await bound<string[]>(resolver.resolveCname)).map(plain);
    case "NS":
      return (await bound<string[]>(resolver.resolveNs)).map(plain);
    case "TXT":
      return (await bound<string[][]>(resolver.resolveTxt)).map((parts) => parts.join(""));
    case "MX":
      return (await bound<{ priority: number; exchange: string }[]>(resolver.resolveMx)).map(
        ({ priority, exchange }) => `${priority} ${plain(exchange)}`,
      );
    case "CAA":
      return (await bound<CaaRecord[]>(resolver.resolveCaa)).map((record) =>
        Object.entries(record)
          .filter(([key]) => key !== "critical")
          .map(([key, value]) => `${key} ${String(value)}`)
          .join(" "),
      );
    default: {
      const never: never = type;
      throw new Error(`no such record type: ${String(never)}`);
    }
  }
};

/** @returns the answer. @throws Finding when it is not the expected set. */
export const checkDns = async (check: DnsCheck, timeoutMs: number): Promise<string> => {
  const resolver = new Resolver({ timeout: Math.max(500, Math.floor(timeoutMs / 3)), tries: 2 });
  if (check.server !== undefined) resolver.setServers([check.server]);
  const deadline = setTimeout(() => resolver.cancel(), timeoutMs);
  try {
    const found = (await ask(resolver, check.name, check.type)).sort();
    // A chain of CNAMEs that ends nowhere is an answer without an error.
    if (found.length === 0) throw new Finding(`${check.name} has no ${check.type} record`);
    const wanted = check.equals
      ?.map((value) =>
        check.type === "A" || check.type === "AAAA" || check.type === "TXT" ? value : plain(value),
      )
      .sort();
    if (wanted !== undefined && JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Finding(
        `${check.name} ${check.type} is ${found.join(", ")}, not ${wanted.join(", ")}`,
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
