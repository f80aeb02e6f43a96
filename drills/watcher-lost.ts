import { askLab, findDroplet } from "../cli/droplets";
import { call } from "../cli/lab";
import { downMail, upMail } from "./disaster";
import type { Drill, DrillTools, MendTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { dropletOf } from "./machine";
import { closeIncident, openIncident } from "./open-incident";
import type { Measures } from "./timeline";
import { servicesAnswer } from "./visitors";
import { awaitGreen, awaitMail } from "./waiting";

/**
 * The watcher is gone for good, with its disk. Visitors notice nothing, and one command makes it
 * anew, with the history and the open incident that it had.
 */
const run = async (tools: DrillTools): Promise<Measures> => {
  const { context, lab, timeline, signal } = tools;
  const open = await openIncident(tools);
  timeline.mark("an incident is open and acknowledged", `number ${open.incident.id}`);
  const watcher = await dropletOf(tools, "watcher");
  signal.throwIfAborted();
  await call(lab, context, "DELETE", `/v2/droplets/${watcher.id}`);
  const lost = timeline.mark("the watcher is deleted through the API", `droplet ${watcher.id}`);
  const alert = await awaitMail(tools, downMail("watcher"));
  const alerted = timeline.mark("the primary's alert is in the inbox", alert.subject);
  await servicesAnswer(tools);

  const begun = timeline.mark("./fleet recover watcher");
  await mustFleet(tools, "recover", "watcher");
  const recovered = timeline.mark("the watcher watches again, and has taken a backup");
  await open.isKnown();
  timeline.mark("it knows the incident, and that it was acknowledged");
  await open.close();
  timeline.mark("the incident is over");
  await awaitGreen(tools, 120);
  const clear = await awaitMail(tools, upMail("watcher"));
  timeline.mark("the all-clear is in the inbox", clear.subject);
  return {
    "loss to alert": alerted - lost,
    "recover command (RTO from the decision)": recovered - begun,
    "nobody watched for": recovered - lost,
  };
};

const mend = async (tools: MendTools): Promise<void> => {
  const { lab, context, fleet } = tools;
  const watcher = await findDroplet(askLab(lab, context), fleet.watcher.name);
  if (watcher === undefined) await mustFleet(tools, "recover", "watcher");
  await closeIncident(tools);
};

export const drill: Drill = { run, mend };
