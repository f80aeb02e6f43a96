import type { CloudState } from "../records";
import type { DropletRecord } from "../records/machines";

const publicInterface = (droplet: DropletRecord): unknown => ({
  ipv4: {
    ip_address: droplet.ipv4,
    netmask: "255.255.255.0",
    gateway: "203.0.113.1",
  },
  ...(droplet.ipv6
    ? { ipv6: { ip_address: droplet.ipv6, cidr: 64, gateway: "2001:db8:0:1::1" } }
    : {}),
  anchor_ipv4: {
    ip_address: droplet.anchor_ipv4,
    netmask: "255.255.0.0",
    gateway: "10.17.0.1",
  },
  mac: droplet.mac,
  type: "public",
});

const privateInterface = (droplet: DropletRecord): unknown => ({
  ipv4: {
    ip_address: droplet.private_ipv4,
    netmask: "255.255.240.0",
    gateway: "10.114.0.1",
  },
  mac: droplet.mac,
  type: "private",
});

/** What one droplet's `/metadata/v1.json` says. */
export const metadataOf = (state: CloudState, droplet: DropletRecord): Record<string, unknown> => {
  const reserved = state.reservedIps.find((one) => one.droplet_id === droplet.id);
  const reserved6 = state.reservedIpv6.find((one) => one.droplet_id === droplet.id);
  const held = {
    ipv4: { active: reserved !== undefined, ...(reserved ? { ip_address: reserved.ip } : {}) },
  };
  return {
    droplet_id: droplet.id,
    hostname: droplet.name,
    user_data: droplet.user_data,
    vendor_data: "",
    public_keys: state.sshKeys
      .filter((key) => droplet.ssh_keys.includes(key.id))
      .map((key) => key.public_key),
    auth_key: "",
    region: droplet.region,
    interfaces: {
      ...(droplet.public_networking === false ? {} : { public: [publicInterface(droplet)] }),
      private: [privateInterface(droplet)],
    },
    floating_ip: held,
    reserved_ip: {
      ...held,
      ipv6: { active: reserved6 !== undefined, ...(reserved6 ? { ip_address: reserved6.ip } : {}) },
    },
    dns: { nameservers: ["192.0.2.53"] },
    tags: droplet.tags,
    features: { dhcp_enabled: false },
  };
};

/** Names that the tree of plain texts has and the JSON has otherwise. */
const renamed: Readonly<Record<string, string>> = {
  droplet_id: "id",
  user_data: "user-data",
  vendor_data: "vendor-data",
  public_keys: "public-keys",
  auth_key: "auth-key",
  ip_address: "address",
};
const leaf = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join("\n") : String(value);
const isFolder = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  !(Array.isArray(value) && value.every((one) => typeof one !== "object"));

/**
 * `/metadata/v1/...` as a tree of texts: a folder lists its entries, folders with a final slash.
 * Null where there is nothing.
 */
export const metadataAt = (tree: Record<string, unknown>, path: string): string | null => {
  let at: unknown = tree;
  for (const part of path.split("/").filter(Boolean)) {
    if (!isFolder(at)) return null;
    const entry = Object.entries(at as object).find(([name]) => (renamed[name] ?? name) === part);
    if (!entry) return null;
    at = entry[1];
  }
  if (!isFolder(at)) return typeof at === "boolean" ? String(at) : leaf(at);
  return Object.entries(at as object)
    .map(([name, value]) => `${renamed[name] ?? name}${isFolder(value) ? "/" : ""}`)
    .join("\n");
};
