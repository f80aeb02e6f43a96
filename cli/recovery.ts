import { agreementFlags } from "@second-server/contract/backups";
import { messageOf } from "@second-server/contract/caught";
import { AGENT } from "@second-server/contract/names";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { sshCapture } from "./access/ssh";
import { instantOf, rotations } from "./compromised";
import type { Context } from "./context";
import { askCloud, deleteDroplet, findDroplet } from "./droplets";
import { dropletIn, readResources } from "./engine/state";
import { cannotRun } from "./errors";
import { pullBackup } from "./last-backup";
import type { Reporter } from "./progress/reporter";
import { clearRestore } from "./restore-plan";

/** What the owner says of how a machine is to come back. */
export interface RecoveryChoice {
  at?: string;
  compromised?: boolean;
  doubtful?: boolean;
  force?: boolean;
  partial?: boolean;
}

/** What a machine made anew has of the old one. */
const RETURNS: Readonly<Record<Role, string>> = {
  primary:
    "Its data and certificates come from the watcher's newest good backup; where there are newer live copies, databases come from them.",
  watcher:
    "The Observatory's history comes back as the primary has it, sealed, since the last backup. The old backups were on it alone, unless there is a third place: it takes one of the primary at once.",
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
  { force = false, partial = false, doubtful = false, compromised = false, at }: RecoveryChoice,
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
export const engineArgs = async (
  context: Context,
  machine: Role,
  fleet: FleetFacts,
  options: RecoveryChoice,
  reporter: Reporter,
): Promise<readonly string[]> => {
  const { compromised = false, force = compromised } = options;
  const ask = await askCloud(context, "recover");
  const { droplet: name } = fleet[machine];
  const droplet = await findDroplet(ask, name);
  const resources = (await readResources(context)) ?? [];
  const rotated = compromised ? rotations(resources) : [];
  const hasBackups =
    machine === "primary" && (await findDroplet(ask, fleet.watcher.droplet)) !== undefined;
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
