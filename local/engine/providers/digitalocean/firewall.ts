import { isList, isProps, type Props, type Value } from "../../values/value";
import type { CheckFailure } from "../provider";
import type { Client, Json } from "./client";
import { list, type Spec, str } from "./resource";

const ENDS = {
  addresses: "Addresses",
  dropletIds: "DropletIds",
  tags: "Tags",
  loadBalancerUids: "LoadBalancerUids",
  kubernetesIds: "KubernetesIds",
} as const;
const API: Readonly<Record<keyof typeof ENDS, string>> = {
  addresses: "addresses",
  dropletIds: "droplet_ids",
  tags: "tags",
  loadBalancerUids: "load_balancer_uids",
  kubernetesIds: "kubernetes_ids",
};

const rulesOf = (value: Value | undefined): readonly Props[] =>
  isList(value) ? value.filter(isProps) : [];

/** sourceAddresses → sources.addresses, and so on. */
const toApi = (rule: Props, end: "source" | "destination"): Json => {
  const ends = Object.fromEntries(
    Object.entries(ENDS).flatMap(([key, suffix]) => {
      const given = list(rule[`${end}${suffix}`]);
      return given.length === 0
        ? []
        : [[API[key as keyof typeof ENDS], key === "dropletIds" ? given.map(Number) : given]];
    }),
  );
  return {
    protocol: rule["protocol"],
    ...(rule["protocol"] === "icmp" ? {} : { ports: rule["portRange"] }),
    [`${end}s`]: ends,
  };
};

/** The API says "0" where it was told "all", and for ICMP, which has no ports. */
const fromApi = (rule: Json, end: "source" | "destination"): Props => {
  const ports = String(rule["ports"] ?? "");
  const ends = Object.fromEntries(
    Object.entries(ENDS).map(([key, suffix]) => [
      `${end}${suffix}`,
      (rule[`${end}s`]?.[API[key as keyof typeof ENDS]] ?? []) as Value[],
    ]),
  );
  return {
    protocol: rule["protocol"] as string,
    portRange: rule["protocol"] === "icmp" ? "" : ports === "0" ? "all" : ports,
    ...ends,
  };
};

const body = (inputs: Props): object => ({
  name: inputs["name"],
  inbound_rules: rulesOf(inputs["inboundRules"]).map((rule) => toApi(rule, "source")),
  outbound_rules: rulesOf(inputs["outboundRules"]).map((rule) => toApi(rule, "destination")),
  droplet_ids: list(inputs["dropletIds"]).map(Number),
  tags: list(inputs["tags"]),
});

const validate = (inputs: Props): readonly CheckFailure[] => {
  const both = [
    ...rulesOf(inputs["inboundRules"]).map((rule) => ["inboundRules", rule] as const),
    ...rulesOf(inputs["outboundRules"]).map((rule) => ["outboundRules", rule] as const),
  ];
  const failures = both
    .filter(
      ([, { protocol, portRange }]) =>
        (protocol === "tcp" || protocol === "udp") &&
        str(portRange) === "" &&
        portRange === undefined,
    )
    .map(([property, { protocol }]) => ({
      property,
      reason: `portRange of rules is required if protocol is \`tcp\` or \`udp\` (a ${str(protocol)} rule has none)`,
    }));
  return inputs["inboundRules"] === undefined && inputs["outboundRules"] === undefined
    ? [...failures, { property: "", reason: "At least one rule must be specified" }]
    : failures;
};

export const firewall = (client: Client): Spec => ({
  label: "firewall",
  required: [],
  autoName: 255,
  sets: ["inboundRules", "outboundRules", "tags", "dropletIds"],
  outputs: ["createdAt", "pendingChanges", "status"],
  volatile: ["pendingChanges", "status"],
  zeros: { dropletIds: null, tags: null },
  validate,
  create: async (inputs, work) =>
    str(
      ((await client.post("/firewalls", body(inputs), work))["firewall"] as Json)["id"] as string,
    ),
  view: async (id, before, work) => {
    const found = (await client.find(`/firewalls/${id}`, work))?.["firewall"] as Json | undefined;
    if (!found) return null;
    const pending = ((found["pending_changes"] ?? []) as Json[]).map((change) => ({
      dropletId: change["droplet_id"],
      removing: change["removing"],
      status: change["status"],
    })) as Value;
    return {
      name: found["name"],
      status: found["status"],
      createdAt: found["created_at"],
      pendingChanges: pending,
      inboundRules: ((found["inbound_rules"] ?? []) as Json[]).map((rule) =>
        fromApi(rule, "source"),
      ),
      outboundRules: ((found["outbound_rules"] ?? []) as Json[]).map((rule) =>
        fromApi(rule, "destination"),
      ),
      dropletIds: (found["droplet_ids"] ?? before["dropletIds"] ?? []) as Value,
      tags: (found["tags"] ?? []) as Value,
    };
  },
  update: async (id, _old, now, work) => {
    await client.put(`/firewalls/${id}`, body(now), work);
  },
  find: async (inputs, _since, work) => {
    const found = (await client.list("/firewalls", "firewalls", work)).find(
      (each) => each["name"] === inputs["name"],
    );
    return found && str(found["id"] as string);
  },
  delete: async (id, _state, work) => await client.delete(`/firewalls/${id}`, work),
});
