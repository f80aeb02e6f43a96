import { FAILOVER_MODES, type FailoverMode } from "@second-server/contract/failover";
import { type Command, Argument } from "commander";

import type { FleetFacts } from "../../config/fleet";
import { observatoryCommand } from "../access/observatory";
import { sshCapture } from "../access/ssh";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { cannotRun, failed } from "../errors";
import { type FailoverStanding, awaitNames, failoverText, readFailover } from "../failover";
import { runningLab } from "../lab";
import { loadManifest } from "../manifest";
import { reporterFor } from "../progress/reporter";

const MOVE_SECONDS = 60;
const ASKED = { on: "watcher", off: "primary" } as const;

const silent = (): Error =>
  failed(
    "fleet failover: the Observatory does not say how failover stands. Is the watcher up (./fleet status), and has it the release that fleet.yaml asks for (./fleet up)?",
  );

/** Asks for it, and waits until the names are there. */
const choose = async (
  context: Context,
  fleet: FleetFacts,
  mode: FailoverMode,
): Promise<FailoverStanding> => {
  await sshCapture(context, "watcher", observatoryCommand(["failover", mode]));
  const wanted = mode === "on" || mode === "off" ? ASKED[mode] : undefined;
  const reporter = reporterFor(process.stderr, context.json);
  reporter.running("failover", `failover ${mode}`, "until the names are where they are to be");
  try {
    const now = await awaitNames(context, fleet, {
      seconds: MOVE_SECONDS,
      fits: (one) => one.mode === mode && (wanted === undefined || one.active === wanted),
    });
    if (now === undefined) throw silent();
    return now;
  } finally {
    reporter.close();
  }
};

export const define = (command: Command): void => {
  common(command)
    .addArgument(new Argument("<what>", "what to do").choices(["status", ...FAILOVER_MODES]))
    .addHelpText(
      "after",
      "\nstatus: who serves. auto: the watcher takes over and gives back by itself. manual: nothing moves by itself. on: the watcher serves, and stays until off or auto. off: the primary serves, and the watcher does not take over.\nExit codes: 0 it is so; 1 the names could not be moved, or the watcher does not answer; 2 fleet.yaml has no failover.",
    )
    .action(async (what: "status" | FailoverMode, options: CommonOptions) => {
      const context = contextOf(options);
      const fleet = await loadManifest(context);
      if (fleet.failover === undefined)
        throw cannotRun(
          "fleet failover: fleet.yaml has no failover. Add the key (docs/manifest.md), and run ./fleet up",
        );
      if (context.local) await runningLab(context, "failover");
      const now =
        what === "status" ? await readFailover(context, fleet) : await choose(context, fleet, what);
      if (now === undefined) throw silent();
      console.log(context.json ? JSON.stringify(now, undefined, 2) : failoverText(now));
      const wanted = what === "on" || what === "off" ? ASKED[what] : now.active;
      process.exitCode = now.active === wanted ? 0 : 1;
    });
};
