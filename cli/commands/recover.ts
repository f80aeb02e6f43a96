import type { Role } from "@second-server/contract/roles";
import type { Command } from "commander";

import type { FleetFacts } from "../../config/fleet";
import { machineOf } from "../access/ssh";
import { type BothLost, recoverBoth } from "../both-lost";
import { instantOf, ownersPart } from "../compromised";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { chooseEngine } from "../engine/spawn";
import { readResources } from "../engine/state";
import { cannotRun, failed } from "../errors";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { type Reporter, reporterFor } from "../progress/reporter";
import { ensureLab } from "../ready-lab";
import { type RecoveryChoice, engineArgs } from "../recovery";
import { report } from "../report-up";
import { type UpResult, bringUp } from "../up";

interface Options extends CommonOptions, RecoveryChoice {
  engine?: string;
  fromRepository?: boolean;
  install: boolean;
}

const refuseForWatcher = (machine: Role, options: Options): void => {
  const { partial, doubtful, compromised, at } = options;
  if (machine === "watcher" && (partial || doubtful || compromised || at !== undefined))
    throw cannotRun(
      "fleet recover: --compromised, --at, --partial and --doubtful say how the primary comes back and what of its data is restored; the watcher has no backup to come from. Leave them out.",
    );
  if (at !== undefined) instantOf(at);
};

/** Undefined for both at once. */
const machineMeant = (name: string | undefined, options: Options): Role | undefined => {
  if (options.fromRepository) {
    if (name !== undefined || options.compromised || options.at !== undefined)
      throw cannotRun(
        "fleet recover: --from-repository makes both machines anew, from the newest good backup of the third place. Leave out the machine, --compromised and --at.",
      );
    return undefined;
  }
  if (name === undefined)
    throw cannotRun(
      "fleet recover: which machine? primary or watcher; both are lost: --from-repository",
    );
  const machine = machineOf(name);
  refuseForWatcher(machine, options);
  return machine;
};

const bothLost = ({ engine, install, force, partial, doubtful }: Options): BothLost => ({
  engine: chooseEngine(engine),
  install,
  force: force ?? false,
  partial: partial ?? false,
  doubtful: doubtful ?? false,
});

const recoverOne = async (
  context: Context,
  machine: Role,
  fleet: FleetFacts,
  options: Options,
  reporter: Reporter,
): Promise<UpResult> => {
  const how = {
    engine: chooseEngine(options.engine),
    install: options.install,
    pace: "host",
    engineArgs: await engineArgs(context, machine, fleet, options, reporter),
    replaced: machine,
    verifySeconds: 120,
  } as const;
  return await bringUp(context, fleet, how, reporter);
};

const sayOwnersPart = (context: Context, fleet: FleetFacts, reporter: Reporter): void => {
  const items = ownersPart(fleet, context.local ? [] : ["--stack", context.stack]);
  reporter.event({ type: "owner", items });
  reporter.say(
    [
      "",
      "What the old primary knew and only you can change:",
      ...items.map((one) => `  - ${one}`),
    ].join("\n"),
  );
};

export const define = (command: Command): void => {
  common(command)
    .argument("[machine]", "primary or watcher; left out with --from-repository")
    .option("--force", "replace it although it exists")
    .option("--from-repository", "make both machines anew, from the third place of the backups")
    .option("--compromised", "somebody else has had the primary: new keys, data alone comes back")
    .option("--at <time>", "restore from backups that were taken until then: 2026-11-27T13:00Z")
    .option("--partial", "restore what is whole, although an item of the data is not")
    .option("--doubtful", "restore doubtful backups too: such as lack what the one before had")
    .option("--engine <name>", "embedded or pulumi")
    .option("--no-install", "name missing Debian packages instead of installing them")
    .addHelpText(
      "after",
      "\nprimary: new droplet, release, data and certificates from the watcher's newest good backup (with --force from one taken just before, if it can be), floating IP. What is restored is said first, item by item; where an item has no whole copy, or every backup is doubtful, nothing is touched unless --partial or --doubtful says that it is meant.\nwatcher: new droplet and release, the Observatory's history and incidents as the primary has them since the last backup, a backup of the primary at once; old backups are lost with it, unless there is a third place.\n--from-repository: both are lost. Both are made anew, the watcher's repository is filled from the third place, and the primary's data and certificates come from its newest good backup (docs/runbooks/both-lost.md). Cut short, it is gone on with by the same command.\n--compromised: replaces a primary that somebody else has had, without a last backup of it. Its host keys, its key towards the watcher and what it signs with are made anew; its certificates are revoked and their account closed; data alone comes back, with --at of before it was taken over; and what only you can change is said at the end.\nThen the same proof as `up`. Exit codes: 0 all is well; 1 something failed; 2 it exists and --force was not given, what would be restored is not whole and --partial or --doubtful was not given, or it can't run here.",
    )
    .action(async (name: string | undefined, options: Options) => {
      const context = contextOf(options);
      const machine = machineMeant(name, options);
      const reporter = reporterFor(process.stdout, context.json);
      try {
        const fleet = await loadManifest(context);
        if (machine !== undefined && !(await readResources(context))?.length)
          throw cannotRun(
            `fleet recover: the stack "${context.stack}" has no machines yet, so there is nothing to recover. Make them with: ./fleet up${context.local ? "" : ` --stack ${context.stack}`}`,
          );
        const result = await withLock(context, "recover", async () => {
          if (context.local)
            await ensureLab(context, { install: options.install, pace: "host" }, reporter);
          return machine === undefined
            ? await recoverBoth(context, fleet, bothLost(options), reporter)
            : await recoverOne(context, machine, fleet, options, reporter);
        });
        report(context, fleet, result, reporter);
        if (options.compromised) sayOwnersPart(context, fleet, reporter);
        if (!result.verification.ok)
          throw failed("fleet recover: not every service is well; see the table.");
      } finally {
        reporter.close();
      }
    });
};
