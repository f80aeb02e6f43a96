import type { MachineNetworks, NetworkPlan } from "../machines/hypervisor";
import { attempt, run } from "../machines/run";
import type { LabPaths } from "../paths";
import { createQueue } from "../queue";
import { netnsFile } from "./namespaces";
import { neighbourText, reservedIpv6Text, rulesetText, type NetworkState } from "./ruleset";

type FaultState = Pick<NetworkState, "cut" | "cutBetween" | "loss">;

export interface Router {
  /** Renders the network from the last plan, the machines that there are and the faults, and loads it as one transaction. */
  apply(change: { plan?: NetworkPlan; faults?: FaultState }): Promise<void>;
}

/** `machines` tells which machines there are at the moment. */
export const createRouter = (
  paths: LabPaths,
  machines: () => ReadonlyMap<number, MachineNetworks>,
): Router => {
  let plan: NetworkPlan = { reservedIps: [], firewalls: [] };
  let faults: FaultState = { cut: [], cutBetween: [], loss: [] };
  let holders = new Map<string, number>();
  // Each load with the newest facts.
  const inTurn = createQueue();
  const inRouter = ["nsenter", `--net=${netnsFile(paths.routerNetns)}`] as const;

  /** Connections over a moved reserved IP would else go on with the machine that lost it. */
  const forget = async (ip: string): Promise<void> => {
    for (const side of ["--orig-dst", "--reply-dst"])
      await attempt([...inRouter, "conntrack", "--delete", side, ip]);
  };

  let routed = "";
  const routeReserved = async (
    reserved: NonNullable<NetworkPlan["reservedIpv6"]>,
    networks: ReadonlyMap<number, MachineNetworks>,
  ): Promise<void> => {
    const text = reservedIpv6Text(
      reserved.flatMap(({ ip, dropletId }) => (dropletId === null ? [] : [{ ip, dropletId }])),
      networks,
    );
    // A route that stands must not be missing for a moment: only another set of them is laid anew.
    const lines = text === routed ? text.replace(/^route flush .*\n/, "") : text;
    if (!lines) return;
    // A holder that is off has no link to route to; its address comes back with it.
    await attempt(["ip", "-n", paths.routerNetns, "-6", "-force", "-batch", "-"], { input: lines });
    routed = text;
  };

  const load = async (): Promise<void> => {
    const networks = machines();
    const rules = new Map(plan.firewalls.map((firewall) => [firewall.dropletId, firewall.rules]));
    const reservedIps = plan.reservedIps.flatMap(({ ip, dropletId }) =>
      dropletId === null ? [] : [{ ip, dropletId }],
    );
    const text = rulesetText({
      machines: [...networks].map(([dropletId, own]) => ({
        dropletId,
        networks: own,
        rules: rules.get(dropletId) ?? null,
      })),
      reservedIps,
      peerings: plan.peerings ?? [],
      ...faults,
    });
    await run([...inRouter, "nft", "-f", "-"], { input: text });
    const neighbours = neighbourText(
      [...networks].map(([dropletId, own]) => ({ dropletId, networks: own })),
    );
    // A machine that is off has no link: the others' lines still count.
    if (neighbours)
      await attempt(["ip", "-n", paths.routerNetns, "-6", "-force", "-batch", "-"], {
        input: neighbours,
      });
    await routeReserved(plan.reservedIpv6 ?? [], networks);
    const now = new Map(
      reservedIps
        .filter(({ dropletId }) => networks.has(dropletId))
        .map(({ ip, dropletId }) => [ip, dropletId]),
    );
    const moved = [...holders]
      .filter(([ip, dropletId]) => now.get(ip) !== dropletId)
      .map(([ip]) => ip);
    holders = now;
    for (const ip of moved) await forget(ip);
  };

  return {
    apply: (change) => {
      plan = change.plan ?? plan;
      faults = change.faults ?? faults;
      return inTurn(load);
    },
  };
};
