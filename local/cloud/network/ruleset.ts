import type { FirewallRules, MachineNetworks } from "../machines/spec";
import { checkedAddress, privateLink, publicLink } from "./addresses";
import { chainText, machineChains } from "./firewall-chains";

/** What changes in the router's nftables rules, as one atomic text over the base chains. Pure. */

export interface PluggedMachine {
  readonly dropletId: number;
  readonly networks: MachineNetworks;
  readonly rules: FirewallRules | null;
}

/** What faults do to the network. */
export interface NetworkFaults {
  /** Machines without network. */
  readonly cut: readonly number[];
  /** Pairs that can't reach each other. */
  readonly cutBetween: readonly (readonly [number, number])[];
  /** Percent of a machine's packets lost, each way. */
  readonly loss: readonly { readonly dropletId: number; readonly percent: number }[];
}

export interface NetworkState extends NetworkFaults {
  readonly machines: readonly PluggedMachine[];
  /** Reserved IPs that somebody holds. */
  readonly reservedIps: readonly { readonly ip: string; readonly dropletId: number }[];
  /** Pairs of VPCs. */
  readonly peerings: readonly (readonly [string, string])[];
}

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

const dynamicSets = ["cut", "cut_between", "same_vpc", "hairpin"];
const dynamicMaps = ["reserved_in", "reserved_out", "inbound", "outbound"];

/**
 * Everything that changes, as one transaction for `nft -f`: packets see the old network or the new
 * one, nothing between.
 */
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
