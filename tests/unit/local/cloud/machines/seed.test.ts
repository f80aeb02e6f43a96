import { expect, test } from "@jest/globals";

import { seedFiles } from "../../../../../local/cloud/machines/seed";
import type { MachineSpec } from "../../../../../local/cloud/machines/spec";

const spec: MachineSpec = {
  dropletId: 7,
  name: "primary",
  region: "fra1",
  memoryMiB: 1024,
  vcpus: 1,
  diskGiB: 25,
  image: "debian-13-x64",
  userData: "#cloud-config\n{}\n",
  publicKeys: ["ssh-ed25519 AAAA one\n"],
  networks: {
    mac: "02:11:22:33:44:55",
    ipv4: "203.0.113.10",
    anchorIpv4: "10.17.0.10",
    privateIpv4: "10.114.0.2",
  },
};
interface NetworkData {
  readonly links: readonly { readonly id: string; readonly ethernet_mac_address: string }[];
  readonly networks: readonly {
    readonly id: string;
    readonly link: string;
    readonly ip_address: string;
    readonly netmask: string;
    readonly routes: readonly unknown[];
  }[];
  readonly services: readonly unknown[];
}
const textOf = (name: string, of: MachineSpec): string =>
  seedFiles(of).find((file) => file.path.endsWith(name))!.text;
const networkData = (of: MachineSpec = spec): NetworkData =>
  JSON.parse(textOf("network_data.json", of)) as NetworkData;
const metaData = (of: MachineSpec = spec): { readonly uuid: string } =>
  JSON.parse(textOf("meta_data.json", of)) as { uuid: string };

test("a ConfigDrive names the machine, its keys and its data", () => {
  expect(metaData()).toMatchObject({
    hostname: "primary",
    availability_zone: "fra1",
    public_keys: { "key-0": "ssh-ed25519 AAAA one" },
  });
  expect(seedFiles(spec).find((file) => file.path.endsWith("user_data"))!.text).toBe(
    "#cloud-config\n{}\n",
  );
});

test("public, anchor and private addresses, each on its own link's hardware address", () => {
  const { links, networks, services } = networkData();
  expect(links.map((link) => [link.id, link.ethernet_mac_address])).toEqual([
    ["eth0", "02:11:22:33:44:55"],
    ["eth1", "06:11:22:33:44:55"],
  ]);
  expect(
    networks.map((one) => [one.id, one.link, one.ip_address, one.netmask, one.routes.length]),
  ).toEqual([
    ["public0", "eth0", "203.0.113.10", "255.255.255.0", 1],
    ["anchor0", "eth0", "10.17.0.10", "255.255.0.0", 0],
    ["private0", "eth1", "10.114.0.2", "255.255.240.0", 3],
  ]);
  expect(services).toEqual([{ type: "dns", address: "192.0.2.53" }]);
});

test("peered VPCs lie behind the VPC's own gateway, whatever its size", () => {
  const { networks } = networkData({
    ...spec,
    networks: { ...spec.networks, privateIpv4: "172.20.5.34", privatePrefix: 28 },
  });
  expect(networks.at(-1)).toMatchObject({
    netmask: "255.255.255.240",
    routes: [
      { network: "10.0.0.0", netmask: "255.0.0.0", gateway: "172.20.5.33" },
      { network: "172.16.0.0", netmask: "255.240.0.0" },
      { network: "192.168.0.0" },
    ],
  });
});

test("the same droplet is the same instance for ever, another one is another", () => {
  expect(metaData().uuid).toBe(metaData({ ...spec, name: "renamed" }).uuid);
  expect(metaData().uuid).not.toBe(metaData({ ...spec, dropletId: 8 }).uuid);
});

test("a machine without public networking is told of its private link only", () => {
  const { links, networks } = networkData({
    ...spec,
    networks: { ...spec.networks, privateOnly: true },
  });
  expect(links.map((link) => link.id)).toEqual(["eth1"]);
  expect(networks.map((one) => one.id)).toEqual(["private0"]);
});
