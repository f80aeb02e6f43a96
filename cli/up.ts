import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import type { Lab } from "../local/cloud/lab";
import { failedActions } from "./cloud-log";
import type { Context } from "./context";
import { changedCount, countOf, describeChanges } from "./engine/events";
import type { EngineResult } from "./engine/follow";
import { type FleetOutputs, readOutputs } from "./engine/outputs";
import { type EngineName, runEngine } from "./engine/spawn";
import { cannotRun, failed } from "./errors";
import { loadLab, progressTo } from "./lab";
import { powerOn } from "./power";
import type { Reporter } from "./progress/reporter";
import { duration, paintFor } from "./progress/text";
import { addressBlock, monthlyCost, nextSteps, serviceTable } from "./verify/table";
import { type Verification, verify } from "./verify/verify";

export interface UpOptions {
  readonly engine: EngineName;
  /** Install missing Debian packages instead of naming them and stopping. */
  readonly install: boolean;
  readonly pace: "host" | "real";
  /** More arguments for the engine's `up`. */
  readonly engineArgs: readonly string[];
  /** A machine that is made anew: whether the old one is on does not matter. */
  readonly replaced?: Role;
  /** How long the services may take to become green after the engine has ended. */
  readonly verifySeconds: number;
}

export interface UpResult {
  readonly engine: EngineResult;
  readonly verification: Verification;
  readonly outputs: FleetOutputs;
  readonly seconds: number;
}

/** Apt's failure is the host's business (a lock, a mirror, another package half configured): its words and the command to repeat it, no defect of ours. */
const installMissing = async (
  lab: Lab,
  packages: readonly string[],
  progress: ReturnType<typeof progressTo>,
): Promise<void> => {
  try {
    await lab.installPackages(packages, progress);
  } catch (error) {
    throw cannotRun(
      `fleet up: the Debian packages could not be installed: ${(error as Error).message}\nMend what apt names, and see that this ends well: apt-get install --no-install-recommends ${packages.join(" ")}`,
    );
  }
};

/** Host checked, base image there, the local DigitalOcean running: a running one is joined, since it proves the host. */
export const ensureLab = async (
  context: Context,
  options: Pick<UpOptions, "install" | "pace">,
  reporter: Reporter,
): Promise<void> => {
  const lab = await loadLab();
  const progress = progressTo(reporter);
  const { running, machines } = await lab.status(context.paths);
  if (!running || !machines) {
    const { problems, missingPackages } = await lab.checkHost(context.paths);
    if (problems.length > 0) {
      throw cannotRun(
        [
          "fleet up: machines can't run here:",
          ...problems.map(({ problem, remedy }) => `  - ${problem}. ${remedy}`),
          "What works here all the same: ./fleet preview, and npm run test:fast.",
        ].join("\n"),
      );
    }
    if (missingPackages.length > 0 && !options.install) {
      throw cannotRun(
        `fleet up: Debian packages are missing: ${missingPackages.join(" ")}. Leave out --no-install, or: apt-get install --no-install-recommends ${missingPackages.join(" ")}`,
      );
    }
    if (missingPackages.length > 0) {
      reporter.say(
        `Installing Debian packages that are missing here: ${missingPackages.join(" ")}`,
      );
      await installMissing(lab, missingPackages, progress);
    }
    await lab.ensureImage(context.paths, progress);
  }
  await lab.start({ paths: context.paths, machines: true, pace: options.pace, progress });
};

const completeOutputs = async (context: Context): Promise<FleetOutputs> => {
  const outputs = await readOutputs(context);
  if (!outputs?.floatingIp || !outputs.primary || !outputs.watcher)
    throw failed(
      `fleet up: the stack "${context.stack}" ended without its outputs. Look at: ./fleet output --stack ${context.stack}`,
    );
  return outputs as FleetOutputs;
};

/** The whole way from manifest to proof. Rejects with a Stop when the engine failed; what was made is kept, and the next `up` goes on from there. */
export const bringUp = async (
  context: Context,
  fleet: FleetFacts,
  options: UpOptions,
  reporter: Reporter,
): Promise<UpResult> => {
  const started = Date.now();
  if (context.local) await ensureLab(context, options, reporter);
  await powerOn(
    context,
    fleet,
    (["primary", "watcher"] as const).filter((role) => role !== options.replaced),
    options.engineArgs.includes("--refresh"),
    reporter,
  );
  const engine = await runEngine(
    context,
    options.engine,
    ["up", "--yes", "--skip-preview", ...options.engineArgs],
    reporter,
  );
  if (engine.exitCode !== 0) {
    reporter.event({
      type: "failed",
      errors: engine.errors,
      changes: engine.changes,
      interrupted: engine.interrupted,
      seconds: Number(engine.seconds.toFixed(2)),
    });
    if (engine.interrupted)
      throw failed(
        "fleet up: interrupted; what was made is recorded. Run it again to go on from there.",
      );
    const reasons = context.local ? await failedActions(context.paths.log, started) : [];
    throw failed(
      [
        "fleet up: the engine did not end well; what was made is kept, and the next `up` goes on from there.",
        ...engine.errors.map((error) => `  ${error.replaceAll("\n", "\n  ")}`),
        ...(reasons.length > 0
          ? [
              `What the local DigitalOcean wrote down meanwhile (${context.paths.log}):`,
              ...reasons.map((reason) => `  ${reason}`),
            ]
          : []),
      ].join("\n"),
    );
  }
  const outputs = await completeOutputs(context);
  const verification = await verify(
    context,
    fleet,
    outputs.floatingIp,
    reporter,
    options.verifySeconds,
  );
  return { engine, verification, outputs, seconds: (Date.now() - started) / 1000 };
};

export const changeSentence = ({ changes, seconds }: EngineResult): string =>
  changedCount(changes) === 0
    ? `Nothing changed: ${countOf(changes)} resources are as fleet.yaml says (${duration(seconds)}).`
    : `Changed: ${describeChanges(changes)} (${duration(seconds)}).`;

/** The closing table, or its JSON event. */
export const report = (
  context: Context,
  fleet: FleetFacts,
  result: UpResult,
  reporter: Reporter,
): void => {
  const { engine, verification, outputs, seconds } = result;
  const addresses = {
    primary: outputs.primary.address,
    watcher: outputs.watcher.address,
    floatingIp: outputs.floatingIp,
  };
  reporter.event({
    type: "up",
    ok: verification.ok,
    changed: changedCount(engine.changes),
    changes: engine.changes,
    services: verification.verdicts,
    addresses,
    statusUrl: `https://${fleet.status.host}/`,
    monthlyUsd: monthlyCost(fleet),
    seconds: Number(seconds.toFixed(2)),
    engineSeconds: Number(engine.seconds.toFixed(2)),
    verifySeconds: Number(verification.seconds.toFixed(2)),
  });
  reporter.say(
    [
      "",
      changeSentence(engine),
      "",
      serviceTable(verification.verdicts, Date.now(), paintFor(process.stdout)),
      "",
      addressBlock(fleet, addresses),
      `status page  https://${fleet.status.host}/`,
      "",
      ...(verification.ok
        ? [nextSteps(fleet, context.local), "", `All green in ${duration(seconds)}.`]
        : []),
    ].join("\n"),
  );
};
