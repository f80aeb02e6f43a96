import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Command } from "commander";

import { observatoryConfig } from "../../render/monitor";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";
import { loadManifest } from "../manifest";
import { asItIs, runInherited } from "../run";

export const define = (command: Command): void => {
  common(command)
    .option("--once", "one look, then the end")
    .addHelpText(
      "after",
      "\nLooks from here, by the same manifest; the Observatory is not asked, so the two fail independently.\nExit codes: 0 all up; 1 something is down.",
    )
    .action(async (options: CommonOptions & { once?: boolean }) => {
      const context = contextOf(options);
      const fleet = await loadManifest(context);
      const folder = mkdtempSync(join(tmpdir(), "fleet-watch-"));
      try {
        const config = join(folder, "observatory.json");
        writeFileSync(config, JSON.stringify(observatoryConfig(fleet)));
        const argv = [
          process.execPath,
          "--import",
          require.resolve("tsx"),
          require.resolve("@second-server/monitor/main"),
          "watch",
          "--config",
          config,
          ...(context.json ? ["--json"] : []),
          ...(options.once ? ["--once"] : []),
        ];
        const inside = context.local
          ? (await runningLab(context, "watch")).lab.inLab(context.paths, argv)
          : asItIs(argv);
        process.exitCode = await runInherited(inside.command, inside.args, inside.env);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
};
