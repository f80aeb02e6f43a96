import { existsSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";

import type { FleetFacts } from "../config/fleet";
import type { Context } from "./context";
import { cannotRun } from "./errors";
import { type Lab, loadLab, progressTo } from "./lab";
import type { Reporter } from "./progress/reporter";

export interface LabChoice {
  /** Install missing Debian packages instead of naming them and stopping. */
  readonly install: boolean;
  readonly pace: "host" | "real";
}

/**
 * Apt's failure is the host's business (a lock, a mirror, another package half configured): its
 * words and the command to repeat it, no defect of ours.
 */
const installMissing = async (
  lab: Lab,
  packages: readonly string[],
  progress: ReturnType<typeof progressTo>,
): Promise<void> => {
  try {
    await lab.installPackages(packages, progress);
  } catch (error) {
    throw cannotRun(
      `fleet up: the Debian packages could not be installed: ${messageOf(error)}\nMend what apt names, and see that this ends well: apt-get install --no-install-recommends ${packages.join(" ")}`,
    );
  }
};

const cannotRunMachines = (problems: readonly { problem: string; remedy: string }[]): Error =>
  cannotRun(
    [
      "fleet up: machines can't run here:",
      ...problems.map(({ problem, remedy }) => `  - ${problem}. ${remedy}`),
      "What works here all the same: ./fleet preview, and npm run test:fast.",
    ].join("\n"),
  );

/**
 * Rejects where machines can't run; else what is missing is installed, or named where that is not
 * wanted.
 */
const prepareHost = async (
  lab: Lab,
  context: Context,
  install: boolean,
  reporter: Reporter,
): Promise<void> => {
  const { problems, missingPackages } = await lab.checkHost(context.paths);
  if (problems.length > 0) throw cannotRunMachines(problems);
  if (missingPackages.length === 0) return;
  const names = missingPackages.join(" ");
  if (!install)
    throw cannotRun(
      `fleet up: Debian packages are missing: ${names}. Leave out --no-install, or: apt-get install --no-install-recommends ${names}`,
    );
  reporter.say(`Installing Debian packages that are missing here: ${names}`);
  await installMissing(lab, missingPackages, progressTo(reporter));
};

/** The place that the local DigitalOcean has for it, as settings name it. */
const LOCAL_THIRD_PLACE = "//offsite.lab.test";

/** What serves it, and what opens it by hand. */
const THIRD_PLACE_PACKAGES = ["rclone", "restic"];

/** What stands for a provider's storage is a program of Debian's, wanted by few. */
const ensureThirdPlace = async (
  context: Context,
  { offsite }: Pick<FleetFacts, "offsite">,
  install: boolean,
  reporter: Reporter,
): Promise<void> => {
  if (!offsite?.address.includes(LOCAL_THIRD_PLACE)) return;
  const missing = THIRD_PLACE_PACKAGES.filter((name) => !existsSync(`/usr/bin/${name}`));
  if (missing.length === 0) return;
  const names = missing.join(" ");
  if (!install)
    throw cannotRun(
      `fleet up: the third place of the local DigitalOcean needs Debian packages: ${names}. Leave out --no-install, or: apt-get install --no-install-recommends ${names}`,
    );
  reporter.say(
    `Installing Debian packages that the third place of the backups needs here: ${names}`,
  );
  await installMissing(await loadLab(), missing, progressTo(reporter));
};

/**
 * Host checked, base image there, the local DigitalOcean running: a running one is joined, since it
 * proves the host.
 */
export const ensureLab = async (
  context: Context,
  { install, pace }: LabChoice,
  reporter: Reporter,
): Promise<void> => {
  const lab = await loadLab();
  const progress = progressTo(reporter);
  const { running, machines } = await lab.status(context.paths);
  if (!running || !machines) {
    await prepareHost(lab, context, install, reporter);
    await lab.ensureImage(context.paths, progress);
  }
  await lab.start({ paths: context.paths, machines: true, pace, progress });
};

/** All that this fleet needs around it in the local DigitalOcean. */
export const ensureSurroundings = async (
  context: Context,
  fleet: Pick<FleetFacts, "offsite">,
  choice: LabChoice,
  reporter: Reporter,
): Promise<void> => {
  await ensureLab(context, choice, reporter);
  await ensureThirdPlace(context, fleet, choice.install, reporter);
};
