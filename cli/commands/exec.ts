import { serviceDataFolder } from "@second-server/contract/paths";
import type { Command } from "commander";

import { agentWords, sshInherited } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "as which service")
    .argument("<command...>", "command and its arguments, after --")
    .addHelpText(
      "after",
      `\nOn the primary, as the service's user, in its folder, with its environment and within its limits.\nExample: ./fleet exec comments -- ls -l ${serviceDataFolder("comments")}\nExit code: the command's own.`,
    )
    .action(async (service: string, argv: string[], options: CommonOptions) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "exec");
      process.exitCode = await sshInherited(
        context,
        "primary",
        agentWords(["exec", service, "--", ...argv]),
      );
    });
};
