import type { FirewallRule, FirewallRules, MachineNetworks } from "../machines/hypervisor";
import { addresses as at, checkedAddress, isIpv6, privateLink, publicLink } from "./addresses";

/** The router's nftables ruleset: base chains once, then what changes as one atomic text. Pure. */

export interface PluggedMachine {
  readonly dropletId: number;
  readonly networks: MachineNetworks;
  readonly rules: FirewallRules | null;
}

export interface NetworkState {
  readonly machines: readonly PluggedMachine[];
  /** Reserved IPs that somebody holds. */
  readonly reservedIps: readonly { readonly ip: string; readonly dropletId: number }[];
  /** Pairs of VPCs. */
  readonly peerings: readonly (readonly [string, string])[];
  /** Machines without network. */
  readonly cut: readonly number[];
  /** Pairs that can't reach each other. */
  readonly cutBetween: readonly (readonly [number, number])[];
  /** Percent of a machine's packets lost, each way. */
  readonly loss: readonly { readonly dropletId: number; readonly percent: number }[];
}

/** DigitalOcean blocks these outbound. */
const SMTP_PORTS = "{ 25, 465, 587 }";
/** Metadata is the platform's own: no firewall keeps a machine from it. */
const METADATA = at.metadata;

export const SKELETON = `
add table inet lab
delete table inet lab
table inet lab {
  set cut { type ifname; }
  set cut_between { type ifname . ifname; }
  set same_vpc { type ifname . ifname; } # or peered
  set hairpin { type ipv4_addr . ipv4_addr; }
  map reserved_in { type ipv4_addr : ipv4_addr; }
  map reserved_out { type ipv4_addr : ipv4_addr; }
  map inbound { type ifname : verdict; }
  map outbound { type ifname : verdict; }
  chain loss { }
  chain cut_off {
    iifname @cut drop
    oifname @cut drop
    iifname . oifname @cut_between drop
    jump loss
  }
  chain prerouting_nat { type nat hook prerouting priority dstnat; dnat ip to ip daddr map @reserved_in; }
  chain output_nat { type nat hook output priority -100; dnat ip to ip daddr map @reserved_in; }
  chain postrouting_nat {
    type nat hook postrouting priority srcnat;
    ip saddr . ip daddr @hairpin masquerade
    snat ip to ip saddr map @reserved_out
  }
  chain input {
    type filter hook input priority filter;
    jump cut_off
    iifname "pv-*" drop
    ip daddr { ${at.reservedRanges.join(", ")} } drop
    ct state established,related accept
    ip daddr ${METADATA} accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
    iifname "lv-*" tcp dport ${SMTP_PORTS} drop
    iifname vmap @outbound
  }
  chain output {
    type filter hook output priority filter;
    oifname @cut drop
    jump loss
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    jump cut_off
    iifname "pv-*" iifname . oifname != @same_vpc drop
    oifname "pv-*" iifname . oifname != @same_vpc drop
    ct state established,related accept
    iifname "lv-*" tcp dport ${SMTP_PORTS} drop
    goto firewalls
  }
  chain firewalls {
    iifname vmap @outbound
    oifname vmap @inbound
    accept
  }
}
`;

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

/** One firewall rule as nft expressions that pass the packet on. `side` is the far end's address as the machine sees it. */
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

const chainText = (name: string, lines: readonly string[]): string[] => [
  `add chain inet lab ${name}`,
  `flush chain inet lab ${name}`,
  ...lines.map((line) => `add rule inet lab ${name} ${line}`),
];

const machineChains = ({ dropletId, rules }: PluggedMachine): string[] => {
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

const elements = (set: string, members: readonly string[]): string[] =>
  members.length ? [`add element inet lab ${set} { ${members.join(", ")} }`] : [];

const reservedText = (state: NetworkState): string[] => {
  const networks = new Map(state.machines.map((machine) => [machine.dropletId, machine.networks]));
  const held = state.reservedIps.flatMap(({ ip, dropletId }) => {
    const machine = networks.get(dropletId);
    return machine
      ? [
          {
            ip: checkedAddress(ip),
            ipv4: checkedAddress(machine.ipv4),
            anchor: checkedAddress(machine.anchorIpv4),
          },
        ]
      : [];
  });
  return [
    ...elements(
      "reserved_in",
      held.map(({ ip, anchor }) => `${ip} : ${anchor}`),
    ),
    ...elements(
      "reserved_out",
      held.map(({ ip, anchor }) => `${anchor} : ${ip}`),
    ),
    // A machine that dials its own reserved IP has to get the answer from the address it dialled.
    ...elements(
      "hairpin",
      held.flatMap(({ ipv4, anchor }) => [`${ipv4} . ${anchor}`, `${anchor} . ${anchor}`]),
    ),
  ];
};

const vpcOf = (networks: MachineNetworks): string => networks.vpc ?? "default";

const vpcPairs = ({ machines, peerings }: NetworkState): string[] => {
  const peered = new Set(
    peerings.flatMap(([one, other]) => [`${one} ${other}`, `${other} ${one}`]),
  );
  const joined = (one: string, other: string): boolean =>
    one === other || peered.has(`${one} ${other}`);
  return machines.flatMap((one) =>
    machines
      .filter((other) => other !== one && joined(vpcOf(one.networks), vpcOf(other.networks)))
      .map((other) => `"${privateLink(one.dropletId)}" . "${privateLink(other.dropletId)}"`),
  );
};

const bothLinks = (dropletId: number): string[] => [publicLink(dropletId), privateLink(dropletId)];
const quoted = (text: string): string => `"${text}"`;

const cutPairs = (pairs: NetworkState["cutBetween"]): string[] => {
  const both = pairs.flatMap(
    ([a, b]) =>
      [
        [a, b],
        [b, a],
      ] as const,
  );
  return [
    ...new Set(
      both.flatMap(([from, to]) =>
        bothLinks(from).flatMap((one) =>
          bothLinks(to).map((other) => `${quoted(one)} . ${quoted(other)}`),
        ),
      ),
    ),
  ];
};

/** A hundredth of a percent is the finest. nft refuses a comparison that always or never holds. */
const lossVerdict = (percent: number): string =>
  percent >= 100 ? "drop" : `numgen random mod 10000 < ${Math.round(percent * 100)} drop`;
const lossLines = (loss: NetworkState["loss"]): string[] =>
  loss
    .filter(({ percent }) => percent >= 0.01)
    .flatMap(({ dropletId, percent }) =>
      bothLinks(dropletId).flatMap((link) =>
        ["iifname", "oifname"].map((side) => `${side} "${link}" ${lossVerdict(percent)}`),
      ),
    );

/** Unlike ARP, IPv6 has to be told one by one for whom the router answers: each machine's address on each other machine's link. For `ip -6 -batch`. Pure. */
export const neighbourText = (
  machines: readonly Pick<PluggedMachine, "dropletId" | "networks">[],
): string =>
  machines
    .flatMap(({ networks: { ipv6 }, dropletId }) =>
      ipv6 === undefined
        ? []
        : machines
            .filter((other) => other.dropletId !== dropletId && other.networks.ipv6)
            .map(
              (other) =>
                `neigh replace proxy ${checkedAddress(ipv6)} dev ${publicLink(other.dropletId)}\n`,
            ),
    )
    .join("");

/** Reserved IPv6 addresses are routed, not mapped: each to its machine's own address. For `ip -6 -batch`; those that nobody holds lead nowhere. Pure. */
export const reservedIpv6Text = (
  reserved: readonly { readonly ip: string; readonly dropletId: number }[],
  machines: ReadonlyMap<number, MachineNetworks>,
): string =>
  [
    `route flush root ${at.reservedIpv6Prefix}\n`,
    ...reserved.flatMap(({ ip, dropletId }) => {
      const own = machines.get(dropletId)?.ipv6;
      return own
        ? [
            `route replace ${checkedAddress(ip)}/128 via ${checkedAddress(own)} dev ${publicLink(dropletId)}\n`,
          ]
        : [];
    }),
  ].join("");

const dynamicSets = ["cut", "cut_between", "same_vpc", "hairpin"];
const dynamicMaps = ["reserved_in", "reserved_out", "inbound", "outbound"];

/** Everything that changes, as one transaction for `nft -f`: packets see the old network or the new one, nothing between. */
export const rulesetText = (state: NetworkState): string =>
  [
    ...dynamicSets.map((name) => `flush set inet lab ${name}`),
    ...dynamicMaps.map((name) => `flush map inet lab ${name}`),
    ...state.machines.flatMap(machineChains),
    ...reservedText(state),
    ...elements("same_vpc", vpcPairs(state)),
    ...elements("cut", state.cut.flatMap(bothLinks).map(quoted)),
    ...elements("cut_between", cutPairs(state.cutBetween)),
    ...chainText("loss", lossLines(state.loss)),
    "",
  ].join("\n");
