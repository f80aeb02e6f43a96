import { PATHS } from "@second-server/contract/paths";

import type { FleetFacts } from "../../config/fleet";
import { otherColor, primaryName } from "../../config/primaries";
import type { Context } from "../context";
import { type Ask, askCloud, dropletById } from "../droplets";
import { mayLose } from "../engine/possible-loss";
import { dropletCalled, readResources } from "../engine/state";
import { cannotRun, failed } from "../errors";
import { beginAction } from "../power";
import type { Reporter } from "../progress/reporter";
import { stepsOf } from "../progress/steps";
import { type UpOptions, type UpResult, bringUp } from "../up";
import { until } from "../wait";
import { prepare, refuseOtherRegion } from "./prepare";
import { setPrimaries } from "./settings";
import { handedOn, takeOver } from "./take-over";
import { hostsLine } from "./words";

const OFF_SECONDS = 60;

const otherDroplet = async (context: Context, { primaries }: FleetFacts) => {
  const name = primaryName(otherColor(primaries.active));
  return dropletCalled((await readResources(context)) ?? [], name)?.id;
};

const turnOff = async (ask: Ask, id: string): Promise<boolean> => {
  const isOff = (seconds: number) =>
    until(async () => ((await dropletById(ask, id))?.status === "active" ? undefined : true), {
      seconds,
    });
  for (const type of ["shutdown", "power_off"]) {
    await beginAction(ask, id, type);
    if (await isOff(OFF_SECONDS)) return true;
  }
  return false;
};

/** Two that are on cost nothing more, but only one of them is looked after. */
const putOldAway = async (context: Context, reporter: Reporter, id: string): Promise<void> => {
  const ask = await askCloud(context, "rebuild");
  if ((await dropletById(ask, id))?.status !== "active") return;
  const isOff = await stepsOf(reporter, "rebuild")("the old primary is off", () =>
    turnOff(ask, id),
  );
  if (!isOff)
    throw failed(
      `fleet rebuild: the new primary serves, and the old one (droplet ${id}) could not be powered off. It writes nothing. Run it again, or delete it: ./fleet rebuild primary --retire`,
    );
};

const finish = async (
  context: Context,
  fleet: FleetFacts,
  result: UpResult,
  reporter: Reporter,
): Promise<UpResult> => {
  const id = await otherDroplet(context, fleet);
  if (id !== undefined) await putOldAway(context, reporter, id);
  reporter.say(
    `The old primary (droplet ${id ?? "?"}) is kept, off, and costs as before. Delete it: ./fleet rebuild primary --retire`,
  );
  return result;
};

/**
 * Goes on from wherever it is: the setting says which primary is which, and the old primary itself
 * whether it has handed on. Undefined where it has stopped before that, as asked.
 */
export const rebuild = async (
  context: Context,
  how: UpOptions & { readonly hold: boolean },
  fleet: FleetFacts,
  reporter: Reporter,
): Promise<UpResult | undefined> => {
  const { active, other } = fleet.primaries;
  if (other === "kept")
    return await finish(context, fleet, await bringUp(context, fleet, how, reporter), reporter);
  await refuseOtherRegion(context, fleet);
  const hasHandedOn = other === "prepared" && (await handedOn(context)) !== undefined;
  if (hasHandedOn) reporter.say("The old primary has handed on already: going on from there.");
  const two = await setPrimaries(context, { active, other: "prepared" });
  const prepared = hasHandedOn ? undefined : await prepare(context, two, how, reporter);
  if (how.hold && prepared) {
    reporter.say(
      [
        `The new primary is ready at ${prepared.address}, and nobody is sent to it yet. To look at it as a visitor, a line for /etc/hosts:`,
        `  ${hostsLine(fleet, prepared.address)}`,
        `Or: ${context.local ? "./fleet net -- " : ""}curl --connect-to ::${prepared.address}: https://${fleet.services[0]?.host ?? fleet.domain}/`,
        "What is written to it now is lost when it takes over.",
        "Let it take over: ./fleet rebuild primary. Give it up: ./fleet rebuild primary --retire",
      ].join("\n"),
    );
    return undefined;
  }
  const result = await takeOver(context, two, how, prepared, reporter);
  const now: FleetFacts = {
    ...two,
    primaries: { active: otherColor(active), other: "kept" },
  };
  return await finish(context, now, result, reporter);
};

/** The other one goes: what was given up, or the old one. */
export const retire = async (
  context: Context,
  how: UpOptions,
  fleet: FleetFacts,
  reporter: Reporter,
): Promise<UpResult> => {
  const { active, other } = fleet.primaries;
  if (other === "none")
    throw cannotRun("fleet rebuild: there is no second primary, so there is none to retire.");
  const to = other === "prepared" ? await handedOn(context) : undefined;
  if (to !== undefined)
    throw cannotRun(
      `fleet rebuild: the primary has handed on to the new one (${to}, ${PATHS.handedOn}), which has what was written since: it can't be given up. Go on with: ./fleet rebuild primary`,
    );
  if (mayLose(fleet, (await readResources(context)) ?? [], []))
    throw cannotRun(
      "fleet rebuild: fleet.yaml says other things of the machines than there are, and the one that serves would be changed with this. Nothing was touched. Put fleet.yaml back, or run ./fleet up after it has taken over.",
    );
  const one = await setPrimaries(context, { active, other: "none" });
  return await bringUp(context, one, how, reporter);
};
