import type { MachineNetworks } from "../machines/spec";
import { addresses as at, checkedAddress, publicLink } from "./addresses";
import type { PluggedMachine } from "./ruleset";

/**
 * Unlike ARP, IPv6 has to be told one by one for whom the router answers: each machine's address on
 * each other machine's link. For `ip -6 -batch`. Pure.
 */
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

/**
 * Reserved IPv6 addresses are routed, not mapped: each to its machine's own address. For `ip -6
 * -batch`; those that nobody holds lead nowhere. Pure.
 */
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
