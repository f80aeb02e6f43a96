import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { PATHS } from "@second-server/contract/paths";

import type { BackupArgs } from "./first-backup";
import type { Server } from "./server";

/** `after`: what a failure must leave as it is; an engine deletes first what was made last. */
export type LastBackupArgs = BackupArgs;

const TYPE = "command:remote:Command";
/** A large last pull on a slow line. */
const SECONDS = 1800;

/** Said with its failure: an engine shows what a command has printed. */
const pullOrSay = (urn: string): string =>
  [
    `sudo timeout ${SECONDS} ${PATHS.agent} backup pull || {`,
    `echo "A last backup of the primary could not be taken, so it is not deleted. If ` +
      `its data may be lost: pulumi state delete '${urn}', and run it again." >&2;`,
    "exit 1; }",
  ].join(" ");

/**
 * In a preview: calls back where the stack has been made and this droplet is to be made anew. An id
 * that is to come is no value then, and what waits for it is not run.
 */
const whenMadeAnew = ({ droplet, tag }: Server, then: () => void): void => {
  if (!pulumi.runtime.isDryRun()) return;
  let isThere = false;
  droplet.id.apply(() => {
    isThere = true;
  });
  pulumi.all([tag.id, droplet.urn]).apply(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isThere) then();
  });
};

/**
 * Has no use while it stands. It depends on the primary's droplet, so every engine deletes it
 * before that, and its deletion takes a last backup: where that fails, the droplet stays. It goes
 * unasked only with the whole stack.
 */
export class LastBackup extends pulumi.ComponentResource {
  readonly command: remote.Command;

  constructor(
    name: string,
    { by, of, after }: LastBackupArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:recovery:LastBackup", name, {}, opts);
    const child = `${name}-pull`;
    this.command = new remote.Command(
      child,
      {
        // A watcher that is gone is told soon.
        connection: { ...by.connection, dialErrorLimit: 5 },
        delete: pulumi.createUrn(child, TYPE, this).apply(pullOrSay),
        triggers: [of.droplet.id],
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [...after], deletedWith: this },
    );
    whenMadeAnew(of, () => {
      void pulumi.log.warn(
        "The primary is made anew: one that is there is deleted with what is on it, after " +
          "a last backup, which the new one gets; where that can't be taken, it stays. How " +
          "old the newest backup is: ./fleet preview",
        of.droplet,
      );
    });
    whenMadeAnew(by, () => {
      void pulumi.log.warn(
        "The watcher is made anew: one that is there is deleted with the old backups, " +
          "which are on it alone. ./fleet up refuses that; this " +
          "engine does not.",
        by.droplet,
      );
    });
    this.registerOutputs({});
  }
}
