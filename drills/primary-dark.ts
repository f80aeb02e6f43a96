import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET, targetsOf } from "../cli/verify/verdict";
import { type DrillTools, awaitMail } from "./drill";
import { powerCut } from "./power-cut";

/** Failing checks until an alert, plus the polling interval, its timeout and the mail's way; generous on a busy machine. */
const ALERT_SECONDS = 240;

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
export const run = powerCut({
  role: "primary",
  duringTheCut,
  alertSeconds: ALERT_SECONDS,
  darkness: "outage for visitors",
});
