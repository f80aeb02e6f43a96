import { findDroplet } from "../cli/droplets";
import { call } from "../cli/lab";
import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET, targetsOf } from "../cli/verify/verdict";
import { type Drill, type DrillTools, awaitCalm, awaitGreen, awaitMail, inbox, newMails } from "./drill";

/** The primary asks the watcher every 30 s, three times, each with its timeout; generous on a busy machine. */
const ALERT_SECONDS = 240;
const BACK_SECONDS = 120;

/** With the watcher's power cut: visitors notice nothing, the status page is gone, and the primary says so by its own way. Resolves with the second of the alert. */
const duringTheCut = async (tools: DrillTools, before: ReadonlySet<string>): Promise<number> => {
  const { context, fleet, timeline } = tools;
  const page = (await probeAll(context, [targetsOf(fleet).find(({ name }) => name === STATUS_TARGET)!], 3000))[0];
  if (page?.ok) throw new Error("the status page still answers although the watcher has no power");
  timeline.mark("the status page is dark");
  const alert = await awaitMail(tools, before, /\bDOWN: watcher\b/, ALERT_SECONDS);
  const alerted = timeline.mark("the primary's alert is in the inbox", alert.subject);
  const seen = await probeAll(context, targetsOf(fleet).filter(({ name }) => name !== STATUS_TARGET));
  const dead = seen.find(({ ok }) => !ok);
  if (dead) throw new Error(`${dead.url} went down with the watcher: ${dead.error}`);
  timeline.mark(`all ${seen.length} services answer meanwhile`);
  return alerted;
};

/** The watcher loses its power: visitors notice nothing, and the primary, which watches the watcher, tells the owner; it comes back, and the owner gets one more mail. */
export const run: Drill = async (tools) => {
  const { context, lab, fleet, timeline } = tools;
  await awaitGreen(tools, 60);
  await awaitCalm(tools, 90);
  const before = new Set((await inbox(tools)).map(({ id }) => String(id)));
  const watcher = await findDroplet(lab, context, fleet.watcher.name);
  if (!watcher) throw new Error(`there is no droplet "${fleet.watcher.name}"`);
  timeline.mark("all services green; the drill begins");

  await call(lab, context, "POST", "/local/faults", { kind: "power-cut", dropletId: watcher.id });
  const cut = timeline.mark("the watcher's power is cut");
  let alerted: number;
  try { alerted = await duringTheCut(tools, before); } finally {
    // Also when the drill has failed: it ends with the fleet as it was.
    await call(lab, context, "POST", `/v2/droplets/${watcher.id}/actions`, { type: "power_on" });
  }
  const on = timeline.mark("the watcher is powered on");
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark("every service is observed again");
  const clear = await awaitMail(tools, before, /\bUP: watcher\b/, ALERT_SECONDS);
  const cleared = timeline.mark("the all-clear is in the inbox", clear.subject);

  const mails = await newMails(tools, before);
  if (mails.length !== 2) throw new Error(`one alert and one all-clear were to come, and there are ${mails.length} mails: ${mails.map(({ subject }) => `"${subject}"`).join(", ")}`);
  return { "cut to alert": alerted - cut, "power on to all observed": green - on, "power on to all-clear": cleared - on, "nobody watched for": green - cut };
};
