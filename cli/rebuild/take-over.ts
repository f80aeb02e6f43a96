import { messageOf } from "@second-server/contract/caught";
import { AGENT } from "@second-server/contract/names";
import type { PreparedOutputs } from "@second-server/contract/outputs";
import { TAKEOVER_HOLD_SECONDS } from "@second-server/contract/release";

import type { FleetFacts } from "../../config/fleet";
import { otherColor } from "../../config/primaries";
import { sshCapture } from "../access/ssh";
import { agentWords, onMachine, sendBackup } from "../backup/export";
import type { Context } from "../context";
import { failed } from "../errors";
import { listBackups, newestGoodOf, pullBackup } from "../last-backup";
import { announced } from "../planned-outage";
import type { Reporter } from "../progress/reporter";
import { stepsOf } from "../progress/steps";
import type { UpOptions, UpResult } from "../up";
import { bringUp } from "../up";
import { checkAt } from "./prepare";
import { setPrimaries } from "./settings";

const agent = (context: Context, ...words: readonly string[]): Promise<string> =>
  sshCapture(context, "primary", ["sudo", AGENT, ...words]);

/** The address that the primary passes its visitors on to; undefined where it serves. */
export const handedOn = async (context: Context): Promise<string | undefined> => {
  try {
    return (await agent(context, "handed-on")).trim() || undefined;
  } catch (error) {
    // An agent of before has never handed anything on.
    if (messageOf(error).includes("usage: fleet-agent")) return undefined;
    throw error;
  }
};

/** What is given on is the newest good one: it has to be that of this moment. */
const refuseDoubtful = async (context: Context): Promise<void> => {
  const listed = await listBackups(context);
  if (listed[0] === undefined || newestGoodOf(listed) !== listed[0].at)
    throw failed(
      "the backup that was taken just now is doubtful. See: ./fleet backup list; if it is right: ./fleet ssh watcher -- sudo fleet-agent backup accept",
    );
};

/** All that was written comes along; where it does not come in time, the old one serves as before. */
const moveData = async (
  context: Context,
  fleet: FleetFacts,
  prepared: PreparedOutputs,
  reporter: Reporter,
): Promise<void> => {
  const step = stepsOf(reporter, "rebuild");
  const hasData = fleet.services.some(({ data }) => data.length > 0);
  try {
    await step(`writes are held, for ${TAKEOVER_HOLD_SECONDS} s at most`, () =>
      agent(context, "freeze", String(TAKEOVER_HOLD_SECONDS)),
    );
    if (hasData) {
      await pullBackup(context, TAKEOVER_HOLD_SECONDS, reporter);
      await refuseDoubtful(context);
      await step("what was written since is at the new primary", async () => {
        const data = fleet.services.filter((one) => one.data.length > 0);
        const paths = data.map(({ name }) => `data/${name}`);
        await sendBackup(
          context,
          { paths, doubtful: false },
          await onMachine(context, "prepared", agentWords(["restore"])),
        );
      });
    }
    await step("every service answers there, with what was written", () =>
      checkAt(context, fleet, prepared.address),
    );
    await step("the old primary passes its visitors on to the new one", () =>
      agent(context, "hand-on", prepared.address),
    );
  } catch (error) {
    // It may have done so and not been heard.
    if ((await handedOn(context).catch(() => undefined)) === prepared.address) return;
    const complaint = await agent(context, "thaw").then(
      () => undefined,
      (second: unknown) => messageOf(second),
    );
    throw failed(
      [
        "fleet rebuild: the new primary could not take over; the old one serves as before.",
        `  ${messageOf(error)}`,
        ...(complaint === undefined
          ? []
          : [`  The hold was not lifted cleanly (it ends by itself): ${complaint}`]),
        "Run it again, or give the new one up: ./fleet rebuild primary --retire",
      ].join("\n"),
    );
  }
};

/**
 * From the one primary to the other. What decides is that the old one has handed on: until then it
 * serves, and from then on the new one, whoever is killed.
 */
export const takeOver = async (
  context: Context,
  fleet: FleetFacts,
  how: UpOptions,
  prepared: PreparedOutputs | undefined,
  reporter: Reporter,
): Promise<UpResult> =>
  await announced(
    context,
    [{ role: "primary", title: "rebuild of the primary" }],
    reporter,
    async () => {
      if (prepared !== undefined) await moveData(context, fleet, prepared, reporter);
      const { active } = fleet.primaries;
      const now = await setPrimaries(context, { active: otherColor(active), other: "kept" });
      return await bringUp(context, now, how, reporter);
    },
  );
