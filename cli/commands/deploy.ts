import type { Command } from "commander";

import { FIRST_LINE, askAgent } from "../access/ssh";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { cannotRun } from "../errors";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { report } from "./agent-report";

/** Its hash on a line of its own, and the bundle. */
const bundleOf = async (context: Context, service: string): Promise<Buffer> => {
  const fleet = await loadManifest(context);
  if (!fleet.services.some(({ name }) => name === service))
    throw cannotRun(
      `fleet deploy: fleet.yaml has no service "${service}". It has: ${fleet.services.map(({ name }) => name).join(", ")}.`,
    );
  const { buildPart } = await import("../../render/release");
  const { sha256, archive } = buildPart(fleet, service, context.project);
  return Buffer.concat([Buffer.from(`${sha256}\n`), archive]);
};

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "a service of fleet.yaml that `up` has brought already")
    .addHelpText(
      "after",
      "\nIts source, unit and vhost as fleet.yaml and its folder have them now; nothing else is looked at. No request is lost: docs/deploys.md.\nExit codes: 0 the new version serves; 1 it was refused or rolled back, and the one before serves; 2 it can't run here, or fleet.yaml is wrong.",
    )
    .action(async (service: string, options: CommonOptions) => {
      const context = contextOf(options);
      const began = Date.now();
      if (context.local) await runningLab(context, "deploy");
      // The bundle is made while the connection is.
      const outcome = await withLock(context, `deploy ${service}`, () =>
        askAgent(context, ["deploy", FIRST_LINE, service], {
          input: () => bundleOf(context, service),
          isCaptured: context.json,
        }),
      );
      report(context, "deploy", { service, seconds: (Date.now() - began) / 1000 }, outcome);
    });
};
