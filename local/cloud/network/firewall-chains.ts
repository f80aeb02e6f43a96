import type { FirewallRule, FirewallRules } from "../machines/spec";
import { checkedAddress, isIpv6, privateLink, publicLink } from "./addresses";

const portMatch = (protocol: "tcp" | "udp", ports: string): string => {
  if (ports === "all" || ports === "0" || ports === "") return `meta l4proto ${protocol}`;
  const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports);
  if (!range) throw new Error(`"${ports}" is not a port or range of ports`);
  return `${protocol} dport ${ports}`;
};

const everybody: Readonly<Record<string, string>> = {
  "0.0.0.0/0": "meta nfproto ipv4",
  "::/0": "meta nfproto ipv6",
};

/**
 * One firewall rule as nft expressions that pass the packet on. `side` is the far end's address as
 * the machine sees it.
 */
export const firewallLines = (rule: FirewallRule, side: "source" | "destination"): string[] => {
  // What a machine dialled, even where it was a reserved IP that is mapped by now.
  const [v4, v6] =
    side === "source" ? ["ip saddr", "ip6 saddr"] : ["ct original ip daddr", "ip6 daddr"];
  return rule.addresses.map((text) => {
    const address = checkedAddress(text);
    const from = everybody[address] ?? `${isIpv6(address) ? v6 : v4} ${address}`;
    const what =
      rule.protocol === "icmp"
        ? "meta l4proto { icmp, ipv6-icmp }"
        : portMatch(rule.protocol, rule.ports);
    return `${from} ${what} return`;
  });
};

export const chainText = (name: string, lines: readonly string[]): string[] => [
  `add chain inet lab ${name}`,
  `flush chain inet lab ${name}`,
  ...lines.map((line) => `add rule inet lab ${name} ${line}`),
];

/** The chains of one machine; none where no firewall covers it. */
export const machineChains = ({
  dropletId,
  rules,
}: {
  readonly dropletId: number;
  readonly rules: FirewallRules | null;
}): string[] => {
  if (!rules) return [];
  const inbound = rules.inbound.flatMap((rule) => firewallLines(rule, "source"));
  const outbound = rules.outbound.flatMap((rule) => firewallLines(rule, "destination"));
  const links = [publicLink(dropletId), privateLink(dropletId)];
  return [
    ...chainText(`in-${dropletId}`, [...inbound, "drop"]),
    ...chainText(`out-${dropletId}`, [...outbound, "drop"]),
    ...links.flatMap((link) => [
      `add element inet lab inbound { "${link}" : jump in-${dropletId} }`,
      `add element inet lab outbound { "${link}" : jump out-${dropletId} }`,
    ]),
  ];
};
