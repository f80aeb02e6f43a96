import type { FleetOutputs } from "@second-server/contract/outputs";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { refuseShutOut } from "./access/admin-from";
import { cloudDrift } from "./cloud-drift";
import { failedActions } from "./cloud-log";
import type { Context } from "./context";
import { refuseSmallerDisks } from "./disk-size";
import { putRight } from "./drift";
import { askCloud } from "./droplets";
import { changedCount } from "./engine/events";
import type { EngineResult } from "./engine/follow";
import { liftLastBackup } from "./engine/lift-last-backup";
import { readOutputs } from "./engine/outputs";
import { type EngineName, runEngine } from "./engine/spawn";
import { readResources } from "./engine/state";
import { failed } from "./errors";
import { adoptZone } from "./existing-zone";
import { failoverText, settleNames } from "./failover";
import { lendToken } from "./failover-token";
import { refuseOtherFleet } from "./other-fleet";
import { type PlannedOutage, announced, resizesIn } from "./planned-outage";
import { powerOn } from "./power";
import type { Reporter } from "./progress/reporter";
import { pushedText } from "./pushed";
import { ensureSurroundings, type LabChoice } from "./ready-lab";
import { refuseOtherPrimary } from "./rebuild/guard";
import { removedServices } from "./removed-services";
import { saveBeforeLoss } from "./replacement";
import { type Verification, type VerifyOptions, verify } from "./verify/verify";

export interface UpOptions extends LabChoice {
  readonly engine: EngineName;
  /** More arguments for the engine's `up`. */
  readonly engineArgs: readonly string[];
  /**
   * A machine that is made anew: whether the old one is on does not matter, and its data has been
   * seen to.
   */
  readonly replaced?: Role;
  /** What a replaced machine holds may be lost. */
  readonly withoutBackup?: boolean;
  /** How long the services may take to become green after the engine has ended. */
  readonly verifySeconds: number;
}

export interface UpResult {
  readonly engine: EngineResult;
  readonly verification: Verification;
  readonly outputs: FleetOutputs;
  readonly seconds: number;
}

const completeOutputs = async (context: Context): Promise<FleetOutputs> => {
  const outputs = await readOutputs(context);
  if (!outputs?.floatingIp || !outputs.primary || !outputs.watcher)
    throw failed(
      `fleet up: the stack "${context.stack}" ended without its outputs. Look at: ./fleet output --stack ${context.stack}`,
    );
  return outputs as FleetOutputs;
};

/** What the owner is told of an engine that did not end well; the event is sent on the way. */
const engineFailure = async (
  context: Context,
  { errors, changes, interrupted, seconds }: EngineResult,
  started: number,
  reporter: Reporter,
): Promise<Error> => {
  reporter.event({
    type: "failed",
    errors,
    changes,
    interrupted,
    seconds: Number(seconds.toFixed(2)),
  });
  if (interrupted)
    return failed(
      "fleet up: interrupted; what was made is recorded. Run it again to go on from there.",
    );
  const reasons = context.local ? await failedActions(context.paths.log, started) : [];
  return failed(
    [
      "fleet up: the engine did not end well; what was made is kept, and the next `up` goes on from there.",
      ...errors.map((error) => `  ${error.replaceAll("\n", "\n  ")}`),
      ...(reasons.length > 0
        ? [
            `What the local DigitalOcean wrote down meanwhile (${context.paths.log}):`,
            ...reasons.map((reason) => `  ${reason}`),
          ]
        : []),
    ].join("\n"),
  );
};

/**
 * What this run does to its machines that those who watch them would take for a failure. A first
 * run has nobody who watches.
 */
const outagesOf = async (
  context: Context,
  fleet: FleetFacts,
  options: UpOptions & { readonly nothingOn: readonly string[] },
  reporter: Reporter,
): Promise<readonly PlannedOutage[]> => {
  if (options.replaced !== undefined)
    return [{ role: options.replaced, title: `recovery of the ${options.replaced}` }];
  const replaced = await saveBeforeLoss(context, fleet, options, reporter);
  const resized = resizesIn(fleet, (await readResources(context)) ?? []);
  return [
    ...replaced.map((role) => ({ role, title: `replacement of the ${role}` })),
    ...resized.filter(({ role }) => !replaced.includes(role)),
  ];
};

/**
 * An engine that does not look takes its state for what is there: where a few questions show that
 * it is not, it has to.
 */
const refreshIfNeeded = async (
  context: Context,
  { failover, services }: FleetFacts,
  engineArgs: readonly string[],
  reporter: Reporter,
): Promise<readonly string[]> => {
  const resources = (await readResources(context)) ?? [];
  if (resources.length === 0 || engineArgs.includes("--refresh")) return engineArgs;
  const movable = failover === undefined ? [] : services.map(({ host }) => host);
  const found = await cloudDrift(await askCloud(context, "up"), resources, new Set(movable));
  if (found.length === 0) return engineArgs;
  reporter.say(
    [
      "Changed at DigitalOcean since the last run, and put right now:",
      ...found.map((words) => `  ${words}`),
    ].join("\n"),
  );
  return [...engineArgs, "--refresh"];
};

/** What visitors get; asked once more where something on the machines had to be put right. */
const proof = async (
  context: Context,
  fleet: FleetFacts,
  floatingIp: string,
  how: VerifyOptions,
  reporter: Reporter,
): Promise<Verification> => {
  const prove = (): Promise<Verification> => verify(context, fleet, floatingIp, reporter, how);
  const [first, repaired] = await Promise.all([prove(), putRight(context, reporter)]);
  return repaired ? await prove() : first;
};

/**
 * The whole way from manifest to proof. Rejects with a Stop when the engine failed; what was made
 * is kept, and the next `up` goes on from there.
 */
export const bringUp = async (
  context: Context,
  fleet: FleetFacts,
  options: UpOptions,
  reporter: Reporter,
): Promise<UpResult> => {
  const started = Date.now();
  refuseShutOut(fleet, context);
  await refuseOtherFleet(context, fleet);
  await refuseOtherPrimary(context, fleet);
  await refuseSmallerDisks(context, fleet, options.replaced);
  for (const words of [await removedServices(context, fleet), await pushedText(context, fleet)])
    if (words !== undefined) reporter.say(words);
  if (context.local) await ensureSurroundings(context, fleet, options, reporter);
  await lendToken(context, fleet);
  await adoptZone(context, fleet, (text) => reporter.say(text));
  const unusable = await powerOn(
    context,
    (["primary", "watcher"] as const).filter((role) => role !== options.replaced),
    options.engineArgs.includes("--refresh"),
    reporter,
  );
  const how = {
    ...options,
    engineArgs: [
      ...(await refreshIfNeeded(context, fleet, options.engineArgs, reporter)),
      ...unusable.flatMap(({ urn }) => ["--replace", urn]),
    ],
    nothingOn: unusable.map(({ id }) => id),
  };
  const outages = await outagesOf(context, fleet, how, reporter);
  const lossless = [
    ...unusable.map(({ role }) => role),
    ...(options.replaced ? [options.replaced] : []),
  ];
  await liftLastBackup(context, options.engine, {
    going: options.withoutBackup ? (["primary"] as const) : lossless,
    refreshed: options.engineArgs.includes("--refresh"),
  });
  return await announced(context, outages, reporter, async () => {
    const engine = await runEngine(
      context,
      options.engine,
      ["up", "--yes", "--skip-preview", ...how.engineArgs],
      reporter,
    );
    if (engine.exitCode !== 0) throw await engineFailure(context, engine, started, reporter);
    const outputs = await completeOutputs(context);
    const names = {
      changed: changedCount(engine.changes) > 0,
      isPrimaryAnew: outages.some(({ role }) => role === "primary"),
    };
    const standIn = await settleNames(context, fleet, names, reporter);
    if (standIn) reporter.say(`${failoverText(standIn)} What follows is asked of the primary.`);
    const asked = { seconds: options.verifySeconds, elsewhere: standIn !== undefined };
    const verification = await proof(context, fleet, outputs.floatingIp, asked, reporter);
    return { engine, verification, outputs, seconds: (Date.now() - started) / 1000 };
  });
};
