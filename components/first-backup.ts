import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { agentCommand } from "./agent-command";
import type { Server } from "./server";

export interface BackupArgs {
  /** Keeps the backups. */
  readonly by: Server;
  /** Has the data. */
  readonly of: Server;
  /** What has to be there before. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * One backup as soon as a new primary serves, or a new watcher has none yet, so that the first hour
 * is covered too; cron takes the next ones.
 */
export class FirstBackup extends pulumi.ComponentResource {
  readonly command: remote.Command;

  constructor(name: string, { by, of, after }: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("second-server:recovery:FirstBackup", name, {}, opts);
    this.command = agentCommand(
      `${name}-pull`,
      { on: by, words: "backup pull", triggers: [of.droplet.id, by.droplet.id], update: "true" },
      { parent: this, dependsOn: [...after] },
    );
    this.registerOutputs({ result: this.command.stdout });
  }
}
