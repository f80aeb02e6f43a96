import type * as pulumi from "@pulumi/pulumi";
import type { MachineOutputs } from "@second-server/contract/outputs";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import type { Server } from "./server";
import type { SshKeys } from "./ssh-keys";

/** With each value known now, or once the resource is there. */
type Eventual<Values> = { readonly [Name in keyof Values]: pulumi.Input<Values[Name]> };

/** What the stack says of one machine. */
export const machineOutputs = (
  role: Role,
  { fleet, keys, server }: { fleet: FleetFacts; keys: SshKeys; server: Server },
): Eventual<Required<MachineOutputs>> => ({
  address: server.address,
  dropletId: server.droplet.id,
  hostKey: keys.host[role].publicKey,
  size: fleet[role].size,
  region: fleet[role].region,
});

/** A second primary that is made, and the release that it is to apply. */
export type PreparedMachine = ReturnType<typeof machineOutputs> & { readonly sha256: string };

interface Machines {
  readonly primary: { readonly server: Server };
  readonly watcher: { readonly server: Server };
  readonly rollout: { readonly prepared?: PreparedMachine };
}

/** The primary, with what is made beside it, and the watcher. */
export const machinesOf = (
  of: { readonly fleet: FleetFacts; readonly keys: SshKeys },
  { primary, watcher, rollout: { prepared } }: Machines,
) =>
  [
    {
      ...machineOutputs("primary", { ...of, server: primary.server }),
      ...(prepared && { prepared }),
    },
    machineOutputs("watcher", { ...of, server: watcher.server }),
  ] as const;

/** Where each service is reached. */
export const serviceUrls = ({ services }: FleetFacts): Readonly<Record<string, string>> =>
  Object.fromEntries(services.map(({ name, host }) => [name, `https://${host}/`]));
