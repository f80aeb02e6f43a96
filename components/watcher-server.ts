import * as pulumi from "@pulumi/pulumi";

import type { FleetFacts } from "../config/fleet";
import { Server } from "./server";
import type { SshKeys } from "./ssh-keys";

export interface WatcherServerArgs {
  readonly fleet: FleetFacts;
  readonly keys: SshKeys;
}

/**
 * The machine that holds what must not die with the primary. In another region; nobody but
 * operators logs in.
 */
export class WatcherServer extends pulumi.ComponentResource {
  readonly server: Server;

  constructor(
    name: string,
    { fleet, keys }: WatcherServerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:compute:WatcherServer", name, {}, opts);
    this.server = new Server(name, { fleet, keys, role: "watcher" }, { parent: this });
    this.registerOutputs({ address: this.server.address });
  }
}
