import { lookup as hostsLookup, Resolver } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import { monotonic } from "../adapters/clock";

/** As a visitor's own resolver does, an address is used until its TTL ends, but never for longer than this. Checks of names themselves (dns.ts) ask anew each time. */
const LONGEST_MS = 30_000;
const NAME_LIMIT = 1000;

interface Addresses {
  readonly list: readonly string[];
  readonly family: 4 | 6;
}
type Answer = (error: Error | null, addresses?: Addresses) => void;

const known = new Map<string, Addresses & { readonly until: number }>();
/** Several checks of one host that begin together ask once. */
const asking = new Map<string, Answer[]>();
let current: { readonly resolver: Resolver; readonly until: number } | undefined;

/** What failed is looked up anew the next time, and with a resolver that has read resolv.conf again. */
export const forget = (hostname: string): void => {
  known.delete(hostname);
  current = undefined;
};

/** Made anew from time to time, so that a changed resolv.conf is seen. */
const resolver = (): Resolver => {
  if (current === undefined || monotonic() > current.until)
    current = {
      resolver: new Resolver({ timeout: 1500, tries: 2 }),
      until: monotonic() + LONGEST_MS,
    };
  return current.resolver;
};

const keep = (
  hostname: string,
  list: readonly string[],
  family: 4 | 6,
  ttlSeconds: number,
): Addresses => {
  if (known.size >= NAME_LIMIT) known.clear();
  const addresses = { list, family, until: monotonic() + Math.min(ttlSeconds * 1000, LONGEST_MS) };
  known.set(hostname, addresses);
  return addresses;
};

/** Names that DNS doesn't know are tried in /etc/hosts. */
const ask = (hostname: string, answer: Answer): void => {
  const inHosts = (): void =>
    hostsLookup(hostname, (error, address, family) =>
      answer(error, error ? undefined : { list: [address], family: family === 6 ? 6 : 4 }),
    );
  const asked = resolver();
  asked.resolve4(hostname, { ttl: true }, (error, v4) => {
    if (!error && v4.length > 0)
      return answer(
        null,
        keep(
          hostname,
          v4.map(({ address }) => address),
          4,
          Math.min(...v4.map(({ ttl }) => ttl)),
        ),
      );
    if (error?.code === "ENOTFOUND" || hostname === "localhost") return inHosts();
    if (error?.code !== "ENODATA") return answer(error ?? new Error(`${hostname} has no address`));
    asked.resolve6(hostname, { ttl: true }, (error6, v6) => {
      if (error6) answer(error6);
      else
        answer(
          null,
          keep(
            hostname,
            v6.map(({ address }) => address),
            6,
            Math.min(...v6.map(({ ttl }) => ttl)),
          ),
        );
    });
  });
};

const addressesOf = (hostname: string, answer: Answer): void => {
  const family = isIP(hostname);
  if (family === 4 || family === 6) return answer(null, { list: [hostname], family });
  const held = known.get(hostname);
  if (held !== undefined && monotonic() < held.until) return answer(null, held);
  const waiting = asking.get(hostname);
  if (waiting !== undefined) return void waiting.push(answer);
  const all = [answer];
  asking.set(hostname, all);
  ask(hostname, (error, addresses) => {
    asking.delete(hostname);
    for (const one of all) one(error, addresses);
  });
};

/** Name lookup for checks. Not getaddrinfo: it occupies one of four pool threads for as long as a dead name server takes, so checks would wait for one another. */
export const resolving: LookupFunction = (hostname, options, callback) =>
  addressesOf(hostname, (error, addresses) => {
    const [first] = addresses?.list ?? [];
    if (addresses === undefined || first === undefined)
      callback(error ?? new Error(`${hostname} has no address`), "", 4);
    else if (options.all)
      callback(
        null,
        addresses.list.map((address) => ({ address, family: addresses.family })),
      );
    else callback(null, first, addresses.family);
  });
