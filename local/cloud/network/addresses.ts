import { isIP } from "node:net";

/**
 * The local internet's fixed addresses (documentation ranges), inside the router's namespace unless
 * said otherwise.
 */
export const addresses = {
  api: "192.0.2.10",
  acme: "192.0.2.14",
  mail: "192.0.2.25",
  dns: "192.0.2.53",
  mirror: "192.0.2.80",
  metadata: "169.254.169.254",
  /** The operators' side of the router. */
  operatorGateway: "198.51.100.1",
  /** In the operators' namespace. */
  operator: "198.51.100.2",
  publicGateway: "203.0.113.1",
  anchorGateway: "10.17.0.1",
  publicRange: "203.0.113.0/24",
  /** What VPCs are made from. */
  privateRanges: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  /** 203.0.113.200-249, as prefixes. */
  reservedRanges: [
    "203.0.113.200/29",
    "203.0.113.208/28",
    "203.0.113.224/28",
    "203.0.113.240/29",
    "203.0.113.248/31",
  ],
  ipv6Prefix: "2001:db8::/32",
  reservedIpv6Prefix: "2001:db8:0:2::/64",
  ipv6Gateway: "2001:db8:0:1::1",
} as const;
/** Base URL of API v2, as seen from inside of the lab. */
export const API_IN_LAB = `http://${addresses.api}`;

export const serviceAddresses: readonly string[] = [
  addresses.api,
  addresses.acme,
  addresses.mail,
  addresses.dns,
  addresses.mirror,
  addresses.metadata,
];

/**
 * Names of a machine's two links on the router's side: public (with anchor) and private. Linux
 * allows 15 characters.
 */
export const publicLink = (dropletId: number): string => `lv-${dropletId}`;
export const privateLink = (dropletId: number): string => `pv-${dropletId}`;
export const machineNetns = (lab: string, dropletId: number): string => `ss${lab}-m${dropletId}`;

/** The private interface's hardware address follows from the public one's. */
export const privateMac = (mac: string): string => {
  const [first, ...rest] = mac.split(":");
  return [(parseInt(first!, 16) ^ 0x04).toString(16).padStart(2, "0"), ...rest].join(":");
};

/** Guards texts that become commands or rules: rejects anything that isn't an address or a CIDR. */
export const checkedAddress = (text: string): string => {
  const [address, length, more] = text.split("/");
  const family = isIP(address!);
  const valid =
    family !== 0 &&
    more === undefined &&
    (length === undefined ||
      (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)));
  if (!valid) throw new Error(`"${text}" is not an IP address or CIDR`);
  return text;
};

export const isIpv6 = (address: string): boolean => address.includes(":");
