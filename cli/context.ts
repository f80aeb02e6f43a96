import { resolve } from "node:path";

import { type LabPaths, defaultState, labPaths } from "@second-server/local-cloud/paths";
import { type Command, Option } from "commander";

import { cannotRun } from "./errors";

/** What every subcommand knows: which stack, where its state is, and who reads its output. */
export interface Context {
  /** Folder with Pulumi.yaml, fleet.yaml and index.ts. */
  readonly project: string;
  readonly stack: string;
  /** The local DigitalOcean; any other stack is the real one. */
  readonly local: boolean;
  readonly json: boolean;
  readonly paths: LabPaths;
}

export interface CommonOptions {
  readonly state?: string;
  readonly stack?: string;
  readonly json?: boolean;
}

export const PROJECT_FOLDER = resolve(__dirname, "..");

/**
 * A stack's name becomes a file name, an URN's part and an environment value: refuse what none of
 * them can hold.
 */
export const isStackName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);

export const contextOf = (options: CommonOptions): Context => {
  const stack = options.stack ?? "local";
  if (!isStackName(stack))
    throw cannotRun(
      `fleet: --stack ${JSON.stringify(stack)}: a stack's name has letters, digits, dots, dashes and underscores only.`,
    );
  return {
    project: PROJECT_FOLDER,
    stack,
    local: stack === "local",
    json: options.json ?? false,
    paths: labPaths(options.state ?? defaultState()),
  };
};

/** The three options that every subcommand has. */
export const common = (command: Command): Command =>
  command
    .addOption(
      new Option(
        "--state <dir>",
        "state folder; another folder is another cloud beside this one (default: under XDG_STATE_HOME)",
      ).env("FLEET_STATE"),
    )
    .option("--stack <name>", "stack: local, or one of your own on the real DigitalOcean", "local")
    .option("--json", "machine-readable output");
