import { agreementFlags } from "@second-server/contract/backups";
import { messageOf } from "@second-server/contract/caught";
import { AGENT } from "@second-server/contract/names";
import type { Role } from "@second-server/contract/roles";
import type { Command } from "commander";

import type { FleetFacts } from "../../config/fleet";
import { machineOf, sshCapture } from "../access/ssh";
import { type BothLost, recoverBoth } from "../both-lost";
import { instantOf, ownersPart, rotations } from "../compromised";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { askCloud, deleteDroplet, findDroplet } from "../droplets";
import { chooseEngine } from "../engine/spawn";
import { dropletIn, readResources } from "../engine/state";
import { cannotRun, failed } from "../errors";
import { pullBackup } from "../last-backup";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { type Reporter, reporterFor } from "../progress/reporter";
import { ensureLab } from "../ready-lab";
import { report } from "../report-up";
import { clearRestore } from "../restore-plan";
import { type UpResult, bringUp } from "../up";

interface Options extends CommonOptions {
  at?: string;
  compromised?: boolean;
  doubtful?: boolean;
  engine?: string;
  force?: boolean;
  fromRepository?: boolean;
  install: boolean;
  partial?: boolean;
}

/** What a machine made anew has of the old one. */
const RETURNS: Readonly<Record<Role, string>> = {
  primary: "Its data and certificates come from the watcher's newest good backup.",
  watcher:
    "The Observatory's history was on it alone, and so were the old backups, unless there is a third place: it begins a new history, and takes a backup of the primary at once.",
};

/** Of one that somebody else has had. */
const RETURNS_ALONE =
  "Its data alone comes from the watcher's backups; keys and certificates are made anew.";

/**
 * A primary that is broken may still give its data, and be an hour ahead of the newest backup; the
 * one before stays whatever comes. Resolves with the complaint.
 */
const backUpOnceMore = async (
  context: Context,
  reporter: Reporter,
): Promise<string | undefined> => {
  try {
    await pullBackup(context, 120, reporter);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

/** Every file of a backup is read before it is told of. */
const PLAN_SECONDS = "1800";

/**
 * Says what a new primary will get, and rejects, before anything is touched, where that may not be
 * restored.
 */
const clearData = async (
  context: Context,
  { force = false, partial = false, doubtful = false, compromised = false, at }: Options,
  isThere: boolean,
  reporter: Reporter,
): Promise<void> => {
  // What a machine gives that somebody else has is what he likes.
  const complaint = isThere && !compromised ? await backUpOnceMore(context, reporter) : undefined;
  const agreed = {
    partial,
    doubtful,
    ...(compromised && { compromised }),
    ...(at !== undefined && { before: instantOf(at) }),
  };
  const words = [
    ...(force ? ["--force"] : []),
    ...(compromised ? ["--compromised"] : []),
    ...(at === undefined ? [] : ["--at", at]),
    ...agreementFlags({ partial, doubtful }),
  ];
  const stack = context.local ? [] : ["--stack", context.stack];
  await clearRestore({
    agreed,
    command: ["./fleet recover primary", ...stack, ...words].join(" "),
    ...(complaint !== undefined && { complaint }),
    ask: (agentWords) =>
      sshCapture(context, "watcher", ["sudo", "timeout", PLAN_SECONDS, AGENT, ...agentWords]),
    say: (text) => reporter.say(text),
  });
};

const bothGone = (isThere: boolean, { offsite }: FleetFacts): string => {
  if (isThere) return "Make it anew first: ./fleet recover watcher";
  return offsite === undefined
    ? "If that is meant, add --force."
    : "With what the third place has: ./fleet recover --from-repository";
};

/**
 * What the engine has to be told: what is gone comes back by a refresh; what is there but broken
 * has to be replaced by name.
 */
const engineArgs = async (
  context: Context,
  machine: Role,
  fleet: FleetFacts,
  options: Options,
  reporter: Reporter,
): Promise<readonly string[]> => {
  const { compromised = false, force = compromised } = options;
  const ask = await askCloud(context, "recover");
  const { name } = fleet[machine];
  const droplet = await findDroplet(ask, name);
  const resources = (await readResources(context)) ?? [];
  const rotated = compromised ? rotations(resources) : [];
  const hasBackups =
    machine === "primary" && (await findDroplet(ask, fleet.watcher.name)) !== undefined;
  if (machine === "primary" && !force && !hasBackups) {
    throw cannotRun(
      `fleet recover: the watcher is gone too, and with it the backups${droplet ? "" : ": both machines would be made anew, without data"}. ${bothGone(droplet !== undefined, fleet)}`,
    );
  }
  if (!droplet) {
    if (hasBackups) await clearData(context, options, false, reporter);
    const returns = compromised ? RETURNS_ALONE : RETURNS[machine];
    reporter.say(`The droplet "${name}" is gone: it is made anew. ${returns}`);
    return ["--refresh", ...rotated];
  }
  if (!force)
    throw cannotRun(
      `fleet recover: the droplet "${name}" exists (id ${droplet.id}, ${droplet.status}). If it is broken and is to be replaced, with what is on it, add --force. ${RETURNS[machine]}`,
    );
  const urn = dropletIn(resources, machine)?.urn;
  if (!urn)
    throw cannotRun(
      `fleet recover: the stack's state does not know the ${machine}'s droplet. Run ./fleet up --refresh`,
    );
  if (machine === "primary") await clearData(context, options, true, reporter);
  const returns = compromised ? RETURNS_ALONE : RETURNS[machine];
  reporter.say(`The droplet "${name}" (id ${droplet.id}) is replaced. ${returns}`);
  if (!compromised) return ["--refresh", "--replace", urn];
  // Deleted, not replaced: a droplet that takes another's place gets its user data (they are not
  // compared, so that a changed template costs no machine), and with them its first host key.
  await deleteDroplet(ask, String(droplet.id));
  return ["--refresh", ...rotated];
};

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
      "\nprimary: new droplet, release, data and certificates from the watcher's newest good backup (with --force from one taken just before, if it can be), floating IP. What is restored is said first, item by item; where an item has no whole copy, or every backup is doubtful, nothing is touched unless --partial or --doubtful says that it is meant.\nwatcher: new droplet and release, a new history, a backup of the primary at once; the Observatory's history is lost with it, and old backups, unless there is a third place.\n--from-repository: both are lost. Both are made anew, the watcher's repository is filled from the third place, and the primary's data and certificates come from its newest good backup (docs/runbooks/both-lost.md). Cut short, it is gone on with by the same command.\n--compromised: replaces a primary that somebody else has had, without a last backup of it. Its host keys, its key towards the watcher and what it signs with are made anew; its certificates are revoked and their account closed; data alone comes back, with --at of before it was taken over; and what only you can change is said at the end.\nThen the same proof as `up`. Exit codes: 0 all is well; 1 something failed; 2 it exists and --force was not given, what would be restored is not whole and --partial or --doubtful was not given, or it can't run here.",
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
