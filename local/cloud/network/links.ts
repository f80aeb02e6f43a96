import { attempt, run } from "../machines/run-program";
import type { MachineNetworks } from "../machines/spec";
import type { LabPaths } from "../paths";
import {
  addresses as at,
  checkedAddress,
  machineNetns,
  privateLink,
  privateMac,
  publicLink,
} from "./addresses";
import { inNetns, netnsExists } from "./namespaces";

const checkedMac = (mac: string): string => {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac))
    throw new Error(`"${mac}" is not a hardware address`);
  return mac;
};

/**
 * The router's end of a link: answers ARP for everybody else, drops what isn't the machine's own
 * address.
 */
const routerEnd = (
  link: string,
  gateways: readonly string[],
  hosts: readonly string[],
  mac: string,
): string[] => [
  ...[
    ["proxy_arp", 1],
    ["send_redirects", 0],
    ["rp_filter", 1],
  ].map(([name, value]) => `echo ${value} > /proc/sys/net/ipv4/conf/${link}/${name}`),
  `echo 0 > /proc/sys/net/ipv4/neigh/${link}/proxy_delay`,
  ...gateways.map((gateway) => `ip addr add ${gateway}/32 dev ${link}`),
  `ip link set ${link} up`,
  ...hosts.flatMap((host) => [
    `ip route replace ${host}/32 dev ${link}`,
    // Known for ever: a machine that is down is silence, not an ICMP error after failed ARP.
    `ip neigh replace ${host} lladdr ${mac} dev ${link} nud permanent`,
  ]),
];

const ipv6Ends = (link: string, ipv6: string, mac: string): string[] => [
  `echo 1 > /proc/sys/net/ipv6/conf/${link}/proxy_ndp`,
  `echo 0 > /proc/sys/net/ipv6/neigh/${link}/proxy_delay`,
  `ip -6 addr replace ${at.ipv6Gateway}/128 dev ${link} nodad`,
  `ip -6 route replace ${ipv6}/128 dev ${link}`,
  `ip -6 neigh replace ${ipv6} lladdr ${mac} dev ${link} nud permanent`,
];

/**
 * Router's side of a machine's links. Also after a loss of carrier on our side, which takes the
 * routes away.
 */
export const routerLinks = (dropletId: number, networks: MachineNetworks): string => {
  const [ipv4, anchor, vpc] = [networks.ipv4, networks.anchorIpv4, networks.privateIpv4].map(
    checkedAddress,
  ) as [string, string, string];
  const mac = checkedMac(networks.mac);
  const outside = publicLink(dropletId);
  return [
    ...(networks.privateOnly
      ? []
      : routerEnd(outside, [at.publicGateway, at.anchorGateway], [ipv4, anchor], mac)),
    ...routerEnd(privateLink(dropletId), [], [vpc], privateMac(mac)),
    ...(networks.ipv6 && !networks.privateOnly
      ? ipv6Ends(outside, checkedAddress(networks.ipv6), mac)
      : []),
  ].join("\n");
};

/** For a machine that runs and had no IPv6 until now. */
export const openIpv6 = async (
  paths: LabPaths,
  dropletId: number,
  { ipv6, mac }: MachineNetworks,
): Promise<void> => {
  if (ipv6)
    await inNetns(
      paths.routerNetns,
      ipv6Ends(publicLink(dropletId), checkedAddress(ipv6), checkedMac(mac)).join("\n"),
    );
};

/**
 * A namespace for the machine, with eth0 (public, unless it has none) and eth1 (private) wired to
 * the router. Made anew when there already.
 */
export const plugIn = async (
  paths: LabPaths,
  dropletId: number,
  networks: MachineNetworks,
): Promise<void> => {
  await unplug(paths, dropletId);
  const inside = machineNetns(paths.id, dropletId);
  const mac = checkedMac(networks.mac);
  await run(["ip", "netns", "add", inside]);
  await inNetns(
    paths.routerNetns,
    [
      ...(networks.privateOnly
        ? []
        : [
            `ip link add ${publicLink(dropletId)} type veth peer name eth0 address ${mac} netns ${inside}`,
          ]),
      `ip link add ${privateLink(dropletId)} type veth peer name eth1 address ${privateMac(mac)} netns ${inside}`,
      routerLinks(dropletId, networks),
    ].join("\n"),
  );
  // Nobody else can have the address: looking for a duplicate would only hold up the boot by a
  // second.
  await inNetns(
    inside,
    [...(networks.privateOnly ? [] : ["eth0"]), "eth1"]
      .flatMap((link) =>
        ["dad_transmits", "accept_dad"].map(
          (name) => `echo 0 > /proc/sys/net/ipv6/conf/${link}/${name}`,
        ),
      )
      .join("\n"),
  );
};

/**
 * Link down on the router's side: from now on no packet of the machine comes through. Fine when
 * there is none.
 */
export const pullCable = async (paths: LabPaths, dropletId: number): Promise<void> => {
  for (const link of [publicLink(dropletId), privateLink(dropletId)])
    await attempt(["ip", "-n", paths.routerNetns, "link", "set", link, "down"]);
};

/** Removes links and namespace. Fine when there are none. */
export const unplug = async (paths: LabPaths, dropletId: number): Promise<void> => {
  for (const link of [publicLink(dropletId), privateLink(dropletId)])
    await attempt(["ip", "-n", paths.routerNetns, "link", "del", link]);
  const inside = machineNetns(paths.id, dropletId);
  if (await netnsExists(inside)) await run(["ip", "netns", "del", inside]);
};
