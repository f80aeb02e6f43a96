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

/** Where each service is reached. */
export const serviceUrls = ({ services }: FleetFacts): Readonly<Record<string, string>> =>
  Object.fromEntries(services.map(({ name, host }) => [name, `https://${host}/`]));
