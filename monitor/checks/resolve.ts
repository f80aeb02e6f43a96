import { lookup as hostsLookup, Resolver } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";

import { codeOf } from "@second-server/contract/caught";

import { monotonic } from "../adapters/clock";
import { authoritiesOf } from "./authority";

/**
 * As a visitor's own resolver does, an address is used until its TTL ends, but never for longer
 * than this. Checks of names themselves (dns.ts) ask anew each time.
 */
const LONGEST_MS = 30_000;
const NAME_LIMIT = 1000;
const PATIENCE = { timeout: 1500, tries: 2 };

interface Addresses {
  readonly list: readonly string[];
  readonly family: 4 | 6;
}

const known = new Map<string, Addresses & { readonly until: number }>();
/** Several checks of one host that begin together ask once. */
const asking = new Map<string, Promise<Addresses>>();
let current: { readonly resolver: Resolver; readonly until: number } | undefined;

/**
 * What failed is looked up anew the next time, and with a resolver that has read resolv.conf again.
 */
export const forget = (hostname: string): void => {
  known.delete(hostname);
  current = undefined;
};

/** Made anew from time to time, so that a changed resolv.conf is seen. */
const resolver = (): Resolver => {
  if (current === undefined || monotonic() > current.until)
    current = { resolver: new Resolver(PATIENCE), until: monotonic() + LONGEST_MS };
  return current.resolver;
};

type AddressRecord = { readonly address: string; readonly ttl: number };

const keep = (hostname: string, records: readonly AddressRecord[], family: 4 | 6): Addresses => {
  if (known.size >= NAME_LIMIT) known.clear();
  const list = records.map(({ address }) => address);
  const ttl = Math.min(...records.map((record) => record.ttl));
  const addresses = { list, family, until: monotonic() + Math.min(ttl * 1000, LONGEST_MS) };
  known.set(hostname, addresses);
  return addresses;
};

const inDns = async (asked: Resolver, hostname: string): Promise<Addresses> => {
  const v4 = await asked.resolve4(hostname, { ttl: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENODATA") return [];
    throw error;
  });
  if (v4.length > 0) return keep(hostname, v4, 4);
  const v6 = await asked.resolve6(hostname, { ttl: true });
  // A chain of CNAMEs that ends nowhere is an answer without an error.
  if (v6.length === 0) throw new Error(`${hostname} has no address`);
  return keep(hostname, v6, 6);
};

/**
 * A name that the resolver does not know may be there by now: it remembers for long that there was
 * none.
 */
const byAuthority = async (hostname: string): Promise<Addresses | undefined> => {
  const servers = await authoritiesOf(resolver(), hostname);
  if (servers.length === 0) return undefined;
  const authority = new Resolver(PATIENCE);
  authority.setServers(servers);
  return inDns(authority, hostname).catch(() => undefined);
};

/** Names that DNS doesn't know are tried in /etc/hosts. */
const ask = async (hostname: string): Promise<Addresses> => {
  try {
    return await inDns(resolver(), hostname);
  } catch (error) {
    if (codeOf(error) !== "ENOTFOUND" && hostname !== "localhost") throw error;
    try {
      const { address, family } = await hostsLookup(hostname);
      return { list: [address], family: family === 6 ? 6 : 4 };
    } catch (missing) {
      const found = await byAuthority(hostname);
      if (found === undefined) throw missing;
      return found;
    }
  }
};

const addressesOf = async (hostname: string): Promise<Addresses> => {
  const family = isIP(hostname);
  if (family === 4 || family === 6) return { list: [hostname], family };
  const held = known.get(hostname);
  if (held !== undefined && monotonic() < held.until) return held;
  const waiting = asking.get(hostname);
  if (waiting !== undefined) return waiting;
  const answer = ask(hostname).finally(() => asking.delete(hostname));
  asking.set(hostname, answer);
  return answer;
};

/**
 * Name lookup for checks. Not getaddrinfo: it occupies one of four pool threads for as long as a
 * dead name server takes, so checks would wait for one another.
 */
export const resolving: LookupFunction = (hostname, options, callback) => {
  addressesOf(hostname).then(
    ({ list, family }) => {
      const all = list.map((address) => ({ address, family }));
      // eslint-disable-next-line no-restricted-syntax -- Node's callbacks take null for "no error"
      if (options.all) callback(null, all);
      // eslint-disable-next-line no-restricted-syntax -- as above
      else callback(null, list[0] ?? "", family);
    },
    (error: NodeJS.ErrnoException) => callback(error, "", 4),
  );
};
