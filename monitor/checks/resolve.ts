import { Resolver, lookup as hostsLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

/**
 * Name lookup for checks. Not getaddrinfo: it occupies one of four pool threads for as long as a dead name server takes, so checks would wait for one another.
 * A resolver is made anew each time, so a changed resolv.conf is seen. Names that DNS doesn't know are tried in /etc/hosts.
 */
export const resolving = (timeoutMs: number): LookupFunction => (hostname, options, callback) => {
  const answer = (addresses: readonly string[], family: 4 | 6): void => {
    if (options.all) callback(null, addresses.map((address) => ({ address, family })));
    else callback(null, addresses[0] as string, family);
  };
  const family = isIP(hostname);
  if (family === 4 || family === 6) return answer([hostname], family);
  const resolver = new Resolver({ timeout: Math.max(500, Math.floor(timeoutMs / 3)), tries: 2 });
  resolver.resolve4(hostname, (error, v4) => {
    if (!error && v4.length > 0) return answer(v4, 4);
    if (error?.code === "ENODATA") {
      return resolver.resolve6(hostname, (error6, v6) => (error6 ? callback(error6, "", 6) : answer(v6, 6)));
    }
    if (error?.code === "ENOTFOUND" || hostname === "localhost") return hostsLookup(hostname, options, callback);
    callback(error ?? new Error(`${hostname} has no address`), "", 4);
  });
};
