import type * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import type { FleetFacts } from "../config/fleet";
import { type Color, otherColor, primaryName } from "../config/primaries";
import { FloatingIp } from "./floating-ip";
import { Server } from "./server";
import type { SshKeys } from "./ssh-keys";

export interface PrimaryServerArgs {
  readonly fleet: FleetFacts;
  readonly keys: SshKeys;
  /** The watcher's tag: it pulls the backups over SSH. */
  readonly watcherTag: digitalocean.Tag;
}

/**
 * The machine that serves users, the one that takes over from it or did before, and the public
 * address that outlives both.
 */
export class PrimaryServer extends pulumi.ComponentResource {
  readonly server: Server;
  /** Being made beside it. */
  readonly prepared?: Server;
  readonly floatingIp: FloatingIp;

  constructor(
    name: string,
    { fleet, keys, watcherTag }: PrimaryServerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:compute:PrimaryServer", name, {}, opts);
    const { active, other } = fleet.primaries;
    const make = (color: Color, isFrozen: boolean): Server =>
      new Server(
        primaryName(color),
        {
          fleet,
          keys,
          role: "primary",
          sshFromTag: watcherTag,
          isFrozen,
        },
        { parent: this },
      );
    // What the manifest says now is for the new one.
    this.server = make(active, other === "prepared");
    const beside = other === "none" ? undefined : make(otherColor(active), other === "kept");
    if (other === "prepared") this.prepared = beside;
    this.floatingIp = new FloatingIp(
      name,
      { region: fleet.primary.region, holder: this.server.droplet },
      { parent: this },
    );
    this.registerOutputs({ address: this.server.address, floatingIp: this.floatingIp.address });
  }
}
