import type { Role } from "@second-server/contract/roles";

import { askLab, findDroplet } from "../cli/droplets";
import { call, FAULTS_ROUTE } from "../cli/lab";
import {
  type Drill,
  type DrillTools,
  awaitCalm,
  awaitGreen,
  awaitMail,
  inbox,
  newMails,
} from "./drill";

export interface PowerCut {
  readonly role: Role;
  /** What has to be seen meanwhile; resolves with the second of the alert. `before`: the mails that were there already. */
  readonly duringTheCut: (tools: DrillTools, before: ReadonlySet<string>) => Promise<number>;
  /** Patience for the all-clear. */
  readonly alertSeconds: number;
  /** What the time from the cut until all is as before is called. */
  readonly darkness: string;
}

const BACK_SECONDS = 240;

/** A machine loses its power and gets it back: one alert, one all-clear, no other mail. */
export const powerCut =
  ({ role, duringTheCut, alertSeconds, darkness }: PowerCut): Drill =>
  async (tools) => {
    const { context, lab, fleet, timeline } = tools;
    await awaitGreen(tools, 120);
    await awaitCalm(tools, 180);
    const before = new Set((await inbox(tools)).map(({ id }) => String(id)));
    const droplet = await findDroplet(askLab(lab, context), fleet[role].name);
    if (!droplet) throw new Error(`there is no droplet "${fleet[role].name}"`);
    timeline.mark("all services green; the drill begins");

    await call(lab, context, "POST", FAULTS_ROUTE, { kind: "power-cut", dropletId: droplet.id });
    const cut = timeline.mark(`the ${role}'s power is cut`);
    let alerted: number;
    try {
      alerted = await duringTheCut(tools, before);
    } finally {
      // Also when the drill has failed: it ends with the fleet as it was.
      await call(lab, context, "POST", `/v2/droplets/${droplet.id}/actions`, { type: "power_on" });
    }
    const on = timeline.mark(`the ${role} is powered on`);
    await awaitGreen(tools, BACK_SECONDS);
    const green = timeline.mark(`all ${fleet.services.length} services answer and are observed`);
    const clear = await awaitMail(tools, before, new RegExp(`\\bUP: ${role}\\b`), alertSeconds);
    const cleared = timeline.mark("the all-clear is in the inbox", clear.subject);

    const mails = await newMails(tools, before);
    if (mails.length !== 2)
      throw new Error(
        `one alert and one all-clear were to come, and there are ${mails.length} mails: ${mails.map(({ subject }) => `"${subject}"`).join(", ")}`,
      );
    return {
      "cut to alert": alerted - cut,
      "power on to all green": green - on,
      "power on to all-clear": cleared - on,
      [darkness]: green - cut,
    };
  };
