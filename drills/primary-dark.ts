import { findDroplet } from "../cli/droplets";
import { call } from "../cli/lab";
import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET, targetsOf } from "../cli/verify/verdict";
import { type Drill, type DrillTools, awaitCalm, awaitGreen, awaitMail, inbox, newMails } from "./drill";

/** Failing checks until an alert, plus the polling interval, its timeout and the mail's way; generous on a busy machine. */
const ALERT_SECONDS = 120;
const BACK_SECONDS = 120;

/** With the power cut: visitors get nothing, the status page answers, one alert comes. Resolves with the second of the alert. */
const duringTheCut = async (tools: DrillTools, before: ReadonlySet<string>): Promise<number> => {
  const { context, fleet, timeline } = tools;
  const seen = await probeAll(context, targetsOf(fleet), 3000);
  const alive = seen.find(({ name, ok }) => name !== STATUS_TARGET && ok);
  if (alive) throw new Error(`${alive.url} still answers although the primary has no power`);
  const page = seen.find(({ name }) => name === STATUS_TARGET);
  if (!page?.ok) throw new Error(`the status page went dark with the primary: ${page?.error}`);
  timeline.mark("visitors get no answer; the status page on the watcher answers");
  const alert = await awaitMail(tools, before, /\bDOWN: primary\b/, ALERT_SECONDS);
  return timeline.mark("the alert is in the inbox", alert.subject);
};

/** The primary loses its power: visitors see nothing, the owner gets one mail; it comes back, and the owner gets one more. */
export const run: Drill = async (tools) => {
  const { context, lab, fleet, timeline } = tools;
  await awaitGreen(tools, 60);
  await awaitCalm(tools, 90);
  const before = new Set((await inbox(tools)).map(({ id }) => String(id)));
  const primary = await findDroplet(lab, context, fleet.primary.name);
  if (!primary) throw new Error(`there is no droplet "${fleet.primary.name}"`);
  timeline.mark("all services green; the drill begins");

  await call(lab, context, "POST", "/local/faults", { kind: "power-cut", dropletId: primary.id });
  const cut = timeline.mark("the primary's power is cut");
  let alerted: number;
  try { alerted = await duringTheCut(tools, before); } finally {
    // Also when the drill has failed: it ends with the fleet as it was.
    await call(lab, context, "POST", `/v2/droplets/${primary.id}/actions`, { type: "power_on" });
  }
  const on = timeline.mark("the primary is powered on");
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark(`all ${fleet.services.length} services answer again`);
  const clear = await awaitMail(tools, before, /\bUP: primary\b/, ALERT_SECONDS);
  const cleared = timeline.mark("the all-clear is in the inbox", clear.subject);

  const mails = await newMails(tools, before);
  if (mails.length !== 2) throw new Error(`one alert and one all-clear were to come, and there are ${mails.length} mails: ${mails.map(({ subject }) => `"${subject}"`).join(", ")}`);
  return { "cut to alert": alerted - cut, "power on to all green": green - on, "power on to all-clear": cleared - on, "outage for visitors": green - cut };
};
