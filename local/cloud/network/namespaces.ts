import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { exists, unlessGone } from "../files";
import { attempt, run } from "../machines/run-program";
import type { LabPaths } from "../paths";
import { addresses as at, serviceAddresses } from "./addresses";
import { BASE_CHAINS } from "./base-chains";

export const netnsFile = (name: string): string => `/run/netns/${name}`;

/**
 * Runs a shell script with one namespace's network and sysctls; the file systems stay the host's.
 */
export const inNetns = (name: string, script: string): Promise<string> =>
  run(["nsenter", `--net=${netnsFile(name)}`, "sh", "-e"], { input: script });

export const netnsExists = (name: string): Promise<boolean> => exists(netnsFile(name));

const sysctl = (path: string, value: number): string => `echo ${value} > /proc/sys/net/${path}`;

const routerScript = (operatorNetns: string): string =>
  [
    sysctl("ipv4/ip_forward", 1),
    sysctl("ipv6/conf/all/forwarding", 1),
    // The stricter of "all" and a link's own value counts: each machine's link has its own.
    sysctl("ipv4/conf/all/rp_filter", 0),
    sysctl("ipv4/conf/default/rp_filter", 0),
    "ip link set lo up",
    ...serviceAddresses.map((address) => `ip addr add ${address}/32 dev lo`),
    // Reserved IPs end here when nobody holds them; the firewall then swallows what comes.
    ...at.reservedRanges.map((range) => `ip route add local ${range} dev lo`),
    // Where nothing is, there is silence: a link that nobody reads, not an ICMP error.
    "ip link add void type veth peer name abyss",
    "ip link set abyss up",
    "ip link set void arp off up",
    ...[at.publicRange, ...at.privateRanges].map((range) => `ip route add ${range} dev void`),
    `ip -6 route add ${at.ipv6Prefix} dev void`,
    `ip link add op type veth peer name eth0 netns ${operatorNetns}`,
    `ip addr add ${at.operatorGateway}/24 dev op`,
    "ip link set op up",
  ].join("\n");

const OPERATOR_SCRIPT = [
  "ip link set lo up",
  `ip addr add ${at.operator}/24 dev eth0`,
  "ip link set eth0 up",
  `ip route add default via ${at.operatorGateway}`,
].join("\n");

/** Made in full: the mark is the last step of making it. */
export const networkStands = async (paths: LabPaths): Promise<boolean> => {
  if (!(await netnsExists(paths.routerNetns)) || !(await netnsExists(paths.operatorNetns)))
    return false;
  const { stdout } = await attempt(["ip", "-n", paths.routerNetns, "link", "show", "op"]);
  return stdout.includes("alias complete");
};

/**
 * Makes router and operators' namespaces, unless they stand already. A half-made network is made
 * anew.
 */
export const setUpNetwork = async (paths: LabPaths): Promise<void> => {
  if (await networkStands(paths)) return;
  await tearDownNetwork(paths);
  for (const name of [paths.routerNetns, paths.operatorNetns])
    await run(["ip", "netns", "add", name]);
  await inNetns(paths.routerNetns, routerScript(paths.operatorNetns));
  await inNetns(paths.operatorNetns, OPERATOR_SCRIPT);
  await run(["nsenter", `--net=${netnsFile(paths.routerNetns)}`, "nft", "-f", "-"], {
    input: BASE_CHAINS,
  });
  await mkdir(dirname(paths.resolvConf), { recursive: true });
  await writeFile(paths.resolvConf, `nameserver ${at.dns}\n`);
  await run(["ip", "-n", paths.routerNetns, "link", "set", "op", "alias", "complete"]);
};

/** Names of the lab's namespaces: router, operators, one a machine. */
export const labNamespaces = async (lab: string): Promise<string[]> =>
  (await unlessGone(readdir("/run/netns"), [])).filter((name) => name.startsWith(`ss${lab}-`));

/**
 * Removes all of the lab's namespaces and links. Nothing may run in them any more: a namespace in
 * use lives on without its name.
 */
export const tearDownNetwork = async (paths: LabPaths): Promise<void> => {
  const names = await labNamespaces(paths.id);
  if (names.includes(paths.routerNetns)) {
    const listed = await attempt([
      "ip",
      "-n",
      paths.routerNetns,
      "-o",
      "link",
      "show",
      "type",
      "veth",
    ]);
    // The router's end first: else the peers' removal, which comes later, races with a new lab of
    // the same name.
    const links = [...listed.stdout.matchAll(/^\d+: ([^@:]+)[@:]/gm)].map((match) => match[1]!);
    for (const link of links) await attempt(["ip", "-n", paths.routerNetns, "link", "del", link]);
  }
  for (const name of names) {
    const { code, stderr } = await attempt(["ip", "netns", "del", name]);
    if (code !== 0 && (await netnsExists(name)))
      throw new Error(`ip netns del ${name}: ${stderr.trim()}`);
  }
};
