import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { chooseEngine, passThrough } from "../engine/spawn";
import { readResources } from "../engine/state";
import { cannotRun } from "../errors";

export const define = (command: Command): void => {
  common(command)
    .argument("[name]", "one output only")
    .option("--show-secrets", "secret outputs too, in clear")
    .option("--engine <name>", "embedded or pulumi")
    .action(
      async (
        name: string | undefined,
        options: CommonOptions & { showSecrets?: boolean; engine?: string },
      ) => {
        const context = contextOf(options);
        const engine = chooseEngine(options.engine);
        if ((await readResources(context)) === undefined)
          throw cannotRun(
            `fleet output: the stack "${context.stack}" has not been made yet, so it has no outputs. Make it with: ./fleet up${context.local ? "" : ` --stack ${context.stack}`}`,
          );
        const args = [
          ...(engine === "pulumi" ? ["stack"] : []),
          "output",
          ...(name ? [name] : []),
          ...(context.json ? ["--json"] : []),
          ...(options.showSecrets ? ["--show-secrets"] : []),
        ];
        process.exitCode = await passThrough(context, engine, args);
      },
    );
};
