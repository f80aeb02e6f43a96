import type * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import type { FleetFacts } from "../config/fleet";
import { FloatingIp } from "./floating-ip";
import { Server } from "./server";
import type { SshKeys } from "./ssh-keys";

export interface PrimaryServerArgs {
  readonly fleet: FleetFacts;
  readonly keys: SshKeys;
  /** The watcher's tag: it pulls the backups over SSH. */
  readonly watcherTag: digitalocean.Tag;
}

/** The machine that serves users, and the public address that outlives it. */
export class PrimaryServer extends pulumi.ComponentResource {
  readonly server: Server;
  readonly floatingIp: FloatingIp;

  constructor(
    name: string,
    { fleet, keys, watcherTag }: PrimaryServerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:compute:PrimaryServer", name, {}, opts);
    this.server = new Server(
      name,
      { fleet, keys, role: "primary", sshFromTag: watcherTag },
      { parent: this },
    );
    this.floatingIp = new FloatingIp(
      name,
      { region: fleet.primary.region, holder: this.server.droplet },
      { parent: this },
    );
    this.registerOutputs({ address: this.server.address, floatingIp: this.floatingIp.address });
  }
}
