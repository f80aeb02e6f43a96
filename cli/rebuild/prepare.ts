import { AGENT } from "@second-server/contract/names";
import type { PreparedOutputs } from "@second-server/contract/outputs";
import { PATHS } from "@second-server/contract/paths";

import type { FleetFacts } from "../../config/fleet";
import { sshCapture } from "../access/ssh";
import { agentWords, onMachine, sendBackup } from "../backup/export";
import type { Context } from "../context";
import { readOutputs } from "../engine/outputs";
import { dropletIn, readResources } from "../engine/state";
import { cannotRun, failed } from "../errors";
import { pullBackup } from "../last-backup";
import type { Reporter } from "../progress/reporter";
import { stepsOf } from "../progress/steps";
import type { UpOptions } from "../up";
import { bringUp } from "../up";
import { probeAll } from "../verify/probe";
import { STATUS_TARGET, targetsAt } from "../verify/verdict";
import { until } from "../wait";

const PULL_SECONDS = 1800;
const CHECK_SECONDS = 120;

/** A floating IP is bound to its region for good: a primary elsewhere could not take it. */
export const refuseOtherRegion = async (context: Context, fleet: FleetFacts): Promise<void> => {
  const resources = (await readResources(context)) ?? [];
  const region = dropletIn(resources, "primary")?.outputs?.["region"];
  if (typeof region === "string" && region !== fleet.primary.region)
    throw cannotRun(
      `fleet rebuild: fleet.yaml: machines.primary.region: ${fleet.primary.region}, and the primary is in ${region}: the floating IP can't leave its region, so the second one could not take it. Nothing was touched. Put the region back, or replace the primary with: ./fleet up`,
    );
};

const preparedOf = async (context: Context): Promise<PreparedOutputs> => {
  const prepared = (await readOutputs(context))?.primary?.prepared;
  if (prepared === undefined)
    throw failed("fleet rebuild: the stack's state has no second primary. Run: ./fleet up");
  return prepared;
};

/** There once a release has been in force: what was copied has been put in place. */
const isSealed = async (context: Context): Promise<boolean> =>
  (
    await sshCapture(context, "prepared", [
      "if sudo test -e",
      PATHS.sealed,
      "; then echo yes; else echo no; fi",
    ])
  ).trim() === "yes";

/** Every service as a visitor would get it, asked at the new one's own address. */
export const checkAt = async (
  context: Context,
  fleet: FleetFacts,
  address: string,
): Promise<void> => {
  const targets = targetsAt(fleet, address).filter(({ name }) => name !== STATUS_TARGET);
  let wrong: readonly string[] = [];
  await until(
    async () => {
      const report = await probeAll(context, targets);
      wrong = report.flatMap(({ name, ok, error }) => (ok ? [] : [`${name}: ${error ?? "?"}`]));
      return wrong.length === 0 ? true : undefined;
    },
    { seconds: CHECK_SECONDS, everyMs: 500 },
  );
  if (wrong.length > 0)
    throw failed(
      `fleet rebuild: the new primary (${address}) does not serve rightly, so nobody is sent to it:\n  ${wrong.join("\n  ")}`,
    );
};

/**
 * A second primary beside the one that serves: its droplet and release, then, while visitors go on,
 * a copy of the data and the certificates. Cut short, it is gone on with.
 */
export const prepare = async (
  context: Context,
  fleet: FleetFacts,
  how: UpOptions,
  reporter: Reporter,
): Promise<PreparedOutputs> => {
  const step = stepsOf(reporter, "rebuild");
  await bringUp(context, fleet, how, reporter);
  const prepared = await preparedOf(context);
  if (!(await isSealed(context))) {
    await pullBackup(context, PULL_SECONDS, reporter);
    await step("data and certificates copied to the new primary", async () => {
      const all = { paths: [], doubtful: false };
      await sendBackup(context, all, await onMachine(context, "prepared", agentWords(["receive"])));
    });
  }
  await step("the release in force on the new primary", () =>
    sshCapture(context, "prepared", ["sudo", AGENT, "apply", prepared.sha256]),
  );
  await step(`every service answers at the new primary's own address ${prepared.address}`, () =>
    checkAt(context, fleet, prepared.address),
  );
  return prepared;
};
