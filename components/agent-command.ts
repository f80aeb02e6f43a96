import { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { PATHS } from "@second-server/contract/paths";

import type { Server } from "./server";

export interface AgentCommandArgs {
  readonly on: Server;
  /** What is said to `fleet-agent`, as its usage has it. */
  readonly words: string;
  /** It is said again when one of these changes. */
  readonly triggers: readonly pulumi.Input<string>[];
  readonly stdin?: pulumi.Input<string>;
  /**
   * Said instead when something else about the command changes, such as the machine's address.
   * @default the same again
   */
  readonly update?: string;
}

/** One command to the release agent of a machine. */
export const agentCommand = (
  name: string,
  { on, words, triggers, ...more }: AgentCommandArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command =>
  new remote.Command(
    name,
    {
      connection: on.connection,
      create: `sudo ${PATHS.agent} ${words}`,
      triggers: [...triggers],
      addPreviousOutputInEnv: false,
      ...more,
    },
    opts,
  );
