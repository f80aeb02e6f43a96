import { z } from "zod";

import { isList, isProps, type Props, type Value } from "../../values/value";
import type { CheckFailure } from "../provider";
import { maybeNumbers, maybeText, maybeTexts } from "./answers";
import { optionalText, toText, toTexts } from "./convert";

const ends = z.object({
  addresses: maybeTexts,
  droplet_ids: maybeNumbers,
  tags: maybeTexts,
  load_balancer_uids: maybeTexts,
  kubernetes_ids: maybeTexts,
});
type Ends = z.output<typeof ends>;

const protocolAndPorts = { protocol: z.string(), ports: maybeText };
export const inboundRule = z.object({ ...protocolAndPorts, sources: ends.nullish() });
export const outboundRule = z.object({ ...protocolAndPorts, destinations: ends.nullish() });

const rulesOf = (value: Value | undefined): readonly Props[] =>
  isList(value) ? value.filter(isProps) : [];

/** sourceAddresses → addresses, and so on; what is not given is not sent. */
const toEnds = (rule: Props, end: "source" | "destination"): Ends => {
  const given = (suffix: string): string[] => [...toTexts(rule[`${end}${suffix}`])];
  const all: Ends = {
    addresses: given("Addresses"),
    droplet_ids: given("DropletIds").map(Number),
    tags: given("Tags"),
    load_balancer_uids: given("LoadBalancerUids"),
    kubernetes_ids: given("KubernetesIds"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, items]) => items && items.length > 0));
};

const toPorts = ({ protocol, portRange }: Props) => ({
  protocol: optionalText(protocol),
  ...(portRange === undefined ? {} : { ports: optionalText(portRange) }),
});

export const toInbound = (value: Value | undefined) =>
  rulesOf(value).map((rule) => ({ ...toPorts(rule), sources: toEnds(rule, "source") }));
export const toOutbound = (value: Value | undefined) =>
  rulesOf(value).map((rule) => ({ ...toPorts(rule), destinations: toEnds(rule, "destination") }));

/** The API says "0" where it was told "all", and for ICMP where it was told nothing. */
const portRangeOf = (protocol: string, ports: string): string => {
  if (ports !== "0") return ports;
  return protocol === "icmp" ? "" : "all";
};

/** ICMP has no ports, whatever was given or is told; and every port is told as "all". */
const meant = (rule: Props): Props => {
  const { protocol, portRange } = rule;
  if (protocol === "icmp") return { ...rule, portRange: "" };
  return portRange === "0" ? { ...rule, portRange: "all" } : rule;
};

/** Rules in a form in which two that let the same through are equal. */
export const meantRules = (value: Value | undefined): Value => rulesOf(value).map(meant);

type Told = Pick<z.output<typeof inboundRule>, "protocol" | "ports">;
const fromRule = (
  { protocol, ports }: Told,
  end: "source" | "destination",
  told: Ends | null | undefined,
): Props => ({
  protocol,
  portRange: portRangeOf(protocol, ports ?? ""),
  [`${end}Addresses`]: told?.addresses ?? [],
  [`${end}DropletIds`]: told?.droplet_ids ?? [],
  [`${end}Tags`]: told?.tags ?? [],
  [`${end}LoadBalancerUids`]: told?.load_balancer_uids ?? [],
  [`${end}KubernetesIds`]: told?.kubernetes_ids ?? [],
});

export const fromInbound = (
  rules: readonly z.output<typeof inboundRule>[] | null | undefined,
): readonly Props[] => (rules ?? []).map((rule) => fromRule(rule, "source", rule.sources));
export const fromOutbound = (
  rules: readonly z.output<typeof outboundRule>[] | null | undefined,
): readonly Props[] =>
  (rules ?? []).map((rule) => fromRule(rule, "destination", rule.destinations));

const NEEDS_PORTS: readonly unknown[] = ["tcp", "udp"];

export const validateRules = (inputs: Props): readonly CheckFailure[] => {
  const failures = ["inboundRules", "outboundRules"].flatMap((property) =>
    rulesOf(inputs[property])
      .filter(
        ({ protocol, portRange }) => NEEDS_PORTS.includes(protocol) && portRange === undefined,
      )
      .map(({ protocol }) => ({
        property,
        reason: `portRange of rules is required if protocol is \`tcp\` or \`udp\` (a ${toText(protocol)} rule has none)`,
      })),
  );
  return inputs["inboundRules"] === undefined && inputs["outboundRules"] === undefined
    ? [...failures, { property: "", reason: "At least one rule must be specified" }]
    : failures;
};
