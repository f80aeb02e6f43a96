import type { Command } from "commander";

import { machineOf, sshInherited } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .argument("<machine>", "primary or watcher")
    .argument("[command...]", "one command instead of a shell, after --")
    .addHelpText(
      "after",
      "\nExamples: ./fleet ssh primary      ./fleet ssh watcher -- systemctl --failed\nThe user may sudo without a password. Exit code: the command's own.",
    )
    .action(async (name: string, argv: string[], options: CommonOptions) => {
      const context = contextOf(options);
      const machine = machineOf(name);
      if (context.local) await runningLab(context, "ssh");
      process.exitCode = await sshInherited(context, machine, argv);
    });
};
