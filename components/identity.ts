import * as pulumi from "@pulumi/pulumi";
import type { Identity } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";
import { CONTRACT_VERSION } from "@second-server/contract/version";

import type { Server } from "./server";
import type { SshKeys } from "./ssh-keys";

export interface IdentityArgs {
  readonly keys: SshKeys;
  /** The owner's own public keys, besides the stack's. */
  readonly operatorKeys: readonly string[];
  readonly servers: Readonly<Record<Role, Server>>;
  readonly floatingIp: pulumi.Input<string>;
  /** Name → value; kept on the machine as files that only root can read. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
}

/** What a machine is told of itself and of the other one. Secret as a whole. */
export const identityOf = (
  role: Role,
  { keys, operatorKeys, servers, floatingIp, secrets }: IdentityArgs,
): pulumi.Output<Identity> => {
  const other: Role = role === "primary" ? "watcher" : "primary";
  return pulumi.secret({
    format: CONTRACT_VERSION,
    role,
    hostPrivateKey: keys.host[role].privateKey,
    self: { address: servers[role].address, dropletId: servers[role].droplet.id },
    peer: { address: servers[other].address, hostKey: keys.host[other].publicKey },
    floatingIp,
    outgoingPrivateKey: keys.peer[role].privateKey,
    incomingPublicKey: keys.peer[other].publicKey,
    operatorKeys: [keys.admin.publicKey, ...operatorKeys],
    secrets,
  });
};
