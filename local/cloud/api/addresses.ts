import type { Store } from "../record-store";
import type { CloudState } from "../records";
import type { VpcRecord } from "../records/network";
import { unprocessable } from "./errors";

/** Public addresses come from TEST-NET-3: 10-199 for droplets, 200-249 for reserved IPs. */
const PUBLIC_PREFIX = "203.0.113.";
const FIRST = 10,
  LAST = 199;
const RESERVED_FIRST = 200,
  RESERVED_LAST = 249;

export const toNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
export const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

export interface Range {
  readonly base: number;
  readonly bits: number;
}
/** @returns null for anything but an IPv4 network in CIDR notation (host bits zero). */
export const parseRange = (cidr: string): Range | null => {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match || match.slice(1, 5).some((part) => Number(part) > 255) || Number(match[5]) > 32)
    return null;
  const [address = ""] = cidr.split("/");
  const base = toNumber(address),
    bits = Number(match[5]);
  return base % 2 ** (32 - bits) === 0 ? { base, bits } : null;
};
/** Of a network whose text was looked at when it came in. */
export const rangeOf = (cidr: string): Range => {
  const range = parseRange(cidr);
  if (!range) throw new Error(`${cidr} is no IPv4 network`);
  return range;
};
export const overlap = (a: Range, b: Range): boolean =>
  a.base < b.base + 2 ** (32 - b.bits) && b.base < a.base + 2 ** (32 - a.bits);
export const netmask = (bits: number): string =>
  toAddress(bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0);

export interface Addresses {
  ipv4: string;
  anchor_ipv4: string;
  ipv6: string;
}

/**
 * A droplet's IPv6 address has its IPv4 address's number, whether it is switched on at once or
 * later.
 */
export const ipv6Of = (ipv4: string): string =>
  `2001:db8:0:1::${Number(ipv4.split(".").at(-1)).toString(16)}`;

/**
 * The next free number, going round, so that an address is not given to a new machine while the old
 * one is still being taken down.
 */
export const takeAddresses = (store: Store): Addresses => {
  const { state } = store;
  const used = new Set(state.droplets.map((droplet) => droplet.ipv4));
  for (let step = 1; step <= LAST - FIRST + 1; step++) {
    const candidate =
      FIRST + ((state.lastAddress - FIRST + step + (LAST - FIRST + 1)) % (LAST - FIRST + 1));
    if (used.has(PUBLIC_PREFIX + candidate)) continue;
    store.set({ lastAddress: candidate });
    return {
      ipv4: PUBLIC_PREFIX + candidate,
      anchor_ipv4: `10.17.0.${candidate}`,
      ipv6: ipv6Of(PUBLIC_PREFIX + candidate),
    };
  }
  throw unprocessable(
    "creating this/these droplet(s) will exceed the addresses of the local DigitalOcean",
  );
};

/** .0 is the network, .1 the gateway, the last one the broadcast address. */
export const freeAddresses = (state: CloudState, vpc: VpcRecord): number =>
  2 ** (32 - rangeOf(vpc.ip_range).bits) -
  3 -
  state.droplets.filter((droplet) => droplet.vpc_uuid === vpc.id).length;

export const takePrivateAddress = (state: CloudState, vpc: VpcRecord): string => {
  const range = rangeOf(vpc.ip_range);
  const used = new Set(
    state.droplets
      .filter((droplet) => droplet.vpc_uuid === vpc.id)
      .map((droplet) => droplet.private_ipv4),
  );
  for (let at = 2; at < 2 ** (32 - range.bits) - 1; at++) {
    const address = toAddress(range.base + at);
    if (!used.has(address)) return address;
  }
  throw unprocessable(`the VPC "${vpc.name}" has no free address`);
};

/** As many as there are addresses for. */
export const MOST_RESERVED = RESERVED_LAST - RESERVED_FIRST + 1;

/**
 * Going round too: whoever still talks to an address that was freed must not reach its next holder
 * at once.
 */
export const takeReservedIp = (store: Store): string => {
  const { lastReserved = RESERVED_FIRST - 1 } = store.state;
  for (let step = 0; step < MOST_RESERVED; step++) {
    const candidate = RESERVED_FIRST + ((lastReserved + 1 - RESERVED_FIRST + step) % MOST_RESERVED);
    if (store.reservedIps.get(PUBLIC_PREFIX + candidate)) continue;
    store.set({ lastReserved: candidate });
    return PUBLIC_PREFIX + candidate;
  }
  throw unprocessable("no reserved IP is left");
};

/** From a prefix of its own, so that it lies behind the router for every machine. */
export const takeReservedIpv6 = (state: CloudState): string => {
  for (let at = 1; at < 2 ** 16; at++) {
    const address = `2001:db8:0:2::${at.toString(16)}`;
    if (!state.reservedIpv6.some((reserved) => reserved.ip === address)) return address;
  }
  throw unprocessable("no reserved IPv6 is left");
};

/** "aabb" → "aa", "bb". */
export const pairs = (text: string): readonly string[] => text.match(/../g) ?? [];

/**
 * Locally administered, so that it can't be a real card's; the same droplet always has the same
 * one.
 */
export const macOf = (dropletId: number): string =>
  ["02", "00", ...pairs(dropletId.toString(16).padStart(8, "0").slice(-8))].join(":");
