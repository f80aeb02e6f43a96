import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { agentCommand } from "./agent-command";
import type { Server } from "./server";

export interface RestoreArgs {
  /** Has the backups. */
  readonly from: Server;
  /** Gets them, once, before its first release. */
  readonly to: Server;
  /** Both machines' identities: each side's agent has to know the other. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * A new primary gets the newest verified backup from the watcher; where there is none yet, it
 * starts empty. A primary that has served is never written over.
 */
export class Restore extends pulumi.ComponentResource {
  readonly command: remote.Command;

  constructor(
    name: string,
    { from, to, after }: RestoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:recovery:Restore", name, {}, opts);
    // A new address of the watcher is no reason to restore again.
    this.command = agentCommand(
      `${name}-to-peer`,
      { on: from, words: "backup restore-to-peer", triggers: [to.droplet.id], update: "true" },
      { parent: this, dependsOn: [...after] },
    );
    this.registerOutputs({ result: this.command.stdout });
  }
}
