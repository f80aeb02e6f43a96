import { createHash } from "node:crypto";

import { addresses as at, isIpv6, privateMac } from "../network/addresses";
import type { MachineNetworks, MachineSpec } from "./spec";

export interface SeedFile {
  readonly path: string;
  readonly text: string;
}

const FOLDER = "var/lib/cloud/seed/config_drive/openstack/latest";

/**
 * Stable for a droplet: a machine restored from its own snapshot is the same instance, a new
 * droplet is another.
 */
const instanceUuid = (dropletId: number): string => {
  const hex = createHash("sha256").update(`droplet ${dropletId}`).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
};

const metaData = (spec: MachineSpec): unknown => ({
  uuid: instanceUuid(spec.dropletId),
  instance_id: String(spec.dropletId),
  hostname: spec.name,
  name: spec.name,
  availability_zone: spec.region,
  public_keys: Object.fromEntries(
    spec.publicKeys.map((key, index) => [`key-${index}`, key.trim()]),
  ),
});

const dotted = (bits: number): string =>
  [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
const maskBits = (prefix: number): number => (0xffffffff << (32 - prefix)) >>> 0;
const netmask = (prefix: number): string => dotted(maskBits(prefix));
/** A network's first address. */
const gatewayOf = (address: string, prefix: number): string =>
  dotted(
    (address.split(".").reduce((bits, part) => bits * 256 + Number(part), 0) & maskBits(prefix)) +
      1,
  );

/**
 * Peered VPCs lie behind the gateway. Where none is peered the router drops what is sent there, as
 * it would anywhere else.
 */
const privateNetwork = ({ privateIpv4, privatePrefix = 20 }: MachineNetworks): unknown => ({
  id: "private0",
  type: "ipv4",
  link: "eth1",
  ip_address: privateIpv4,
  netmask: netmask(privatePrefix),
  network_id: "private",
  routes: at.privateRanges.map((range) => {
    const [network, bits] = range.split("/");
    return {
      network,
      netmask: netmask(Number(bits)),
      gateway: gatewayOf(privateIpv4, privatePrefix),
    };
  }),
});

const publicNetworks = (networks: MachineNetworks): unknown[] => [
  {
    id: "public0",
    type: "ipv4",
    link: "eth0",
    ip_address: networks.ipv4,
    netmask: netmask(24),
    network_id: "public",
    routes: [{ network: "0.0.0.0", netmask: "0.0.0.0", gateway: at.publicGateway }],
  },
  {
    id: "anchor0",
    type: "ipv4",
    link: "eth0",
    ip_address: networks.anchorIpv4,
    netmask: netmask(16),
    network_id: "anchor",
    routes: [],
  },
  ...(networks.ipv6 && isIpv6(networks.ipv6)
    ? [
        {
          id: "public6",
          type: "ipv6",
          link: "eth0",
          ip_address: networks.ipv6,
          netmask: "64",
          network_id: "public6",
          routes: [{ network: "::", netmask: "0", gateway: at.ipv6Gateway }],
        },
      ]
    : []),
];

const networkData = ({ networks }: MachineSpec): unknown => ({
  links: [
    ...(networks.privateOnly
      ? []
      : [{ id: "eth0", type: "phy", ethernet_mac_address: networks.mac, mtu: 1500 }]),
    { id: "eth1", type: "phy", ethernet_mac_address: privateMac(networks.mac), mtu: 1500 },
  ],
  networks: [...(networks.privateOnly ? [] : publicNetworks(networks)), privateNetwork(networks)],
  services: [{ type: "dns", address: at.dns }],
});

/** cloud-init's ConfigDrive as a seed folder in the machine's root. Pure. */
export const seedFiles = (spec: MachineSpec): SeedFile[] => [
  { path: `${FOLDER}/meta_data.json`, text: JSON.stringify(metaData(spec)) },
  { path: `${FOLDER}/network_data.json`, text: JSON.stringify(networkData(spec)) },
  { path: `${FOLDER}/user_data`, text: spec.userData },
];
