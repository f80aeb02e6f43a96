import { attempt, run } from "../machines/run-program";
import type { MachineNetworks, NetworkPlan } from "../machines/spec";
import type { LabPaths } from "../paths";
import { createQueue } from "../queue";
import { neighbourText, reservedIpv6Text } from "./ipv6-routes";
import { netnsFile } from "./namespaces";
import { type NetworkFaults, rulesetText } from "./ruleset";

export interface Router {
  /**
   * Renders the network from the plan (the last one, where none is given), the machines and the
   * faults of the moment, and loads it as one transaction.
   */
  load(plan?: NetworkPlan): Promise<void>;
}

/** What there is at the moment. */
export interface RouterFacts {
  readonly machines: () => ReadonlyMap<number, MachineNetworks>;
  readonly faults: () => NetworkFaults;
}

type Held = { readonly ip: string; readonly dropletId: number };
type Networks = ReadonlyMap<number, MachineNetworks>;

const held = (reserved: NetworkPlan["reservedIps"]): Held[] =>
  reserved.flatMap(({ ip, dropletId }) => (dropletId === null ? [] : [{ ip, dropletId }]));

const rulesOf = (plan: NetworkPlan, networks: Networks, faults: NetworkFaults): string => {
  const rules = new Map(plan.firewalls.map((firewall) => [firewall.dropletId, firewall.rules]));
  return rulesetText({
    machines: [...networks].map(([dropletId, own]) => ({
      dropletId,
      networks: own,
      rules: rules.get(dropletId) ?? null,
    })),
    reservedIps: held(plan.reservedIps),
    peerings: plan.peerings ?? [],
    ...faults,
  });
};

/**
 * Lays IPv6 routes and neighbours; a machine that is off has no link: the others' lines still
 * count.
 */
const ipv6Batch = async (netns: string, lines: string): Promise<void> => {
  if (lines) await attempt(["ip", "-n", netns, "-6", "-force", "-batch", "-"], { input: lines });
};

/**
 * Reserved IPv6 addresses. A route that stands must not be missing for a moment: only another set
 * of them is laid anew.
 */
const createReservedRoutes = (netns: string) => {
  let laid = "";
  return async (reserved: readonly Held[], networks: Networks): Promise<void> => {
    const text = reservedIpv6Text(reserved, networks);
    await ipv6Batch(netns, text === laid ? text.replace(/^route flush .*\n/, "") : text);
    laid = text;
  };
};

/** Connections over a reserved IP that moves would else go on with the machine that lost it. */
const createConnections = (inRouter: readonly [string, ...string[]]) => {
  let holders = new Map<string, number>();
  const forget = async (ip: string): Promise<void> => {
    for (const side of ["--orig-dst", "--reply-dst"])
      await attempt([...inRouter, "conntrack", "--delete", side, ip]);
  };
  return async (reserved: readonly Held[], networks: Networks): Promise<void> => {
    const now = new Map(
      reserved
        .filter(({ dropletId }) => networks.has(dropletId))
        .map(({ ip, dropletId }) => [ip, dropletId]),
    );
    const moved = [...holders].filter(([ip, dropletId]) => now.get(ip) !== dropletId);
    holders = now;
    for (const [ip] of moved) await forget(ip);
  };
};

export const createRouter = (paths: LabPaths, facts: RouterFacts): Router => {
  const netns = paths.routerNetns;
  const inRouter = ["nsenter", `--net=${netnsFile(netns)}`] as const;
  const routeReserved = createReservedRoutes(netns);
  const forgetMoved = createConnections(inRouter);
  // Each load with the newest facts.
  const inTurn = createQueue();
  let plan: NetworkPlan = { reservedIps: [], firewalls: [] };

  const load = async (): Promise<void> => {
    const networks = facts.machines();
    await run([...inRouter, "nft", "-f", "-"], {
      input: rulesOf(plan, networks, facts.faults()),
    });
    await ipv6Batch(
      netns,
      neighbourText([...networks].map(([dropletId, own]) => ({ dropletId, networks: own }))),
    );
    await routeReserved(held(plan.reservedIpv6 ?? []), networks);
    await forgetMoved(held(plan.reservedIps), networks);
  };

  return {
    load: (wanted) => {
      plan = wanted ?? plan;
      return inTurn(load);
    },
  };
};
