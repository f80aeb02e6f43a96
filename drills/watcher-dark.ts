import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET, targetsOf } from "../cli/verify/verdict";
import { type DrillTools, awaitMail } from "./drill";
import { powerCut } from "./power-cut";

/** The primary asks the watcher every 30 s, three times, each with its timeout; generous on a busy machine. */
const ALERT_SECONDS = 240;

/**
 * With the watcher's power cut: visitors notice nothing, the status page is gone, and the primary
 * says so by its own way. Resolves with the second of the alert.
 */
const duringTheCut = async (tools: DrillTools, before: ReadonlySet<string>): Promise<number> => {
  const { context, fleet, timeline } = tools;
  const page = (
    await probeAll(context, [targetsOf(fleet).find(({ name }) => name === STATUS_TARGET)!], 3000)
  )[0];
  if (page?.ok) throw new Error("the status page still answers although the watcher has no power");
  timeline.mark("the status page is dark");
  const alert = await awaitMail(tools, before, /\bDOWN: watcher\b/, ALERT_SECONDS);
  const alerted = timeline.mark("the primary's alert is in the inbox", alert.subject);
  const seen = await probeAll(
    context,
    targetsOf(fleet).filter(({ name }) => name !== STATUS_TARGET),
  );
  const dead = seen.find(({ ok }) => !ok);
  if (dead) throw new Error(`${dead.url} went down with the watcher: ${dead.error}`);
  timeline.mark(`all ${seen.length} services answer meanwhile`);
  return alerted;
};

/**
 * The watcher loses its power: visitors notice nothing, and the primary, which watches the watcher,
 * tells the owner; it comes back, and the owner gets one more mail.
 */
export const run = powerCut({
  role: "watcher",
  duringTheCut,
  alertSeconds: ALERT_SECONDS,
  darkness: "nobody watched for",
});
