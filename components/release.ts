import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { codeOf, messageOf } from "@second-server/contract/caught";
import { bundlePath } from "@second-server/contract/paths";
import type { Identity } from "@second-server/contract/release";

import type { BuiltRelease } from "../render/release";
import { agentCommand } from "./agent-command";
import type { Server } from "./server";

/** Where bundles are put for the copy, below the project's folder. */
const BUILD = ".build";

/** The CLI and the engine show its message alone. */
class BuildFolderError extends Error {
  readonly __pulumiRunError = true;
}

const writeBundle = (stack: string, { release, archive }: BuiltRelease): string => {
  const folder = join(BUILD, stack);
  const path = join(folder, `${release.role}.tar.gz`);
  // A preview beside an `up` must not pull the file from under it; nor does it need to write what a
  // run as root has written.
  if (existsSync(path) && readFileSync(path).equals(archive)) return path;
  const fresh = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fresh, archive);
    renameSync(fresh, path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new BuildFolderError(
      `${path}: can't be written: ${messageOf(error)}. It may be of a run by another ` +
        `user: remove the folder ${BUILD}, or run this as that user.`,
    );
  }
  return path;
};

export interface DeliveryArgs {
  readonly server: Server;
  readonly built: BuiltRelease;
  /** What only `up` knows: addresses and keys. Sent over SSH's standard input. */
  readonly identity: pulumi.Input<Identity>;
}

/**
 * The bundle is on the machine and the machine knows who it is: it can be restored to, and a
 * release applied.
 */
export class Delivery extends pulumi.ComponentResource {
  readonly copy: remote.CopyToRemote;
  readonly identity: remote.Command;

  constructor(
    name: string,
    { server, built, identity }: DeliveryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:release:Delivery", name, {}, opts);
    const child = { parent: this };
    this.copy = new remote.CopyToRemote(
      `${name}-bundle`,
      {
        connection: server.connection,
        source: new pulumi.asset.FileAsset(writeBundle(pulumi.getStack(), built)),
        remotePath: bundlePath(built.sha256),
        triggers: [server.droplet.id],
      },
      { ...child, dependsOn: [server.hostKey] },
    );
    this.identity = agentCommand(
      `${name}-identity`,
      {
        on: server,
        words: "identity",
        triggers: [server.droplet.id],
        stdin: pulumi.secret(pulumi.output(identity).apply((value) => JSON.stringify(value))),
      },
      { ...child, dependsOn: [this.copy] },
    );
    this.registerOutputs({ sha256: built.sha256 });
  }
}

export interface ReleaseArgs {
  readonly server: Server;
  readonly delivery: Delivery;
  readonly sha256: string;
  /**
   * What has to stand before: the names and the address that the certificate is for, the data that
   * the services start with.
   */
  readonly after: readonly pulumi.Resource[];
  /**
   * What takes time and disturbs nothing (packages above all) is done before that, so that little
   * is left when it stands.
   */
  readonly readyBefore?: boolean;
}

/**
 * Applies a delivered bundle: the agent checks it, switches, waits for health, and goes back by
 * itself when that fails.
 */
export class Release extends pulumi.ComponentResource {
  readonly apply: remote.Command;

  constructor(
    name: string,
    { server, delivery, sha256, after, readyBefore = false }: ReleaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:release:Release", name, {}, opts);
    const triggers = [server.droplet.id, sha256];
    const say = (suffix: string, words: string, dependsOn: readonly pulumi.Resource[]) =>
      agentCommand(
        `${name}-${suffix}`,
        { on: server, words, triggers },
        { parent: this, dependsOn: [...dependsOn] },
      );
    const ready = readyBefore
      ? say("ready", `apply ${sha256} --ready`, [delivery.identity])
      : delivery.identity;
    this.apply = say("apply", `apply ${sha256}`, [ready, ...after]);
    this.registerOutputs({ sha256 });
  }
}
