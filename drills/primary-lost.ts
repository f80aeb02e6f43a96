import { AGENT } from "@second-server/contract/names";

import { askLab, findDroplet } from "../cli/droplets";
import { call } from "../cli/lab";
import { commentIsThere, postComment } from "./comments";
import { downMail, upMail } from "./disaster";
import type { Drill, DrillTools, MendTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { dropletOf, onMachine } from "./machine";
import type { Measures } from "./timeline";
import { awaitMail, onlyTheseMails } from "./waiting";

/**
 * The primary is gone for good, with its disk. What took an hour by hand: everything back from the
 * watcher's backup, timed.
 */
const run = async (tools: DrillTools): Promise<Measures> => {
  const { context, lab, fleet, timeline, signal } = tools;
  const text = await postComment(tools);
  timeline.mark("a comment is posted through the public name", text);
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
  const backedUp = timeline.mark("the watcher has pulled a backup");

  const primary = await dropletOf(tools, "primary");
  signal.throwIfAborted();
  await call(lab, context, "DELETE", `/v2/droplets/${primary.id}`);
  const lost = timeline.mark("the primary is deleted through the API", `droplet ${primary.id}`);
  const alert = await awaitMail(tools, downMail("primary"));
  const alerted = timeline.mark("the alert is in the inbox", alert.subject);

  const begun = timeline.mark("./fleet recover primary");
  await mustFleet(tools, "recover", "primary");
  const green = timeline.mark(
    `recovered: all ${fleet.services.length} services answer over HTTPS through the floating IP`,
  );
  await commentIsThere(tools, text);
  timeline.mark("the comment is there");
  const clear = await awaitMail(tools, upMail("primary"));
  timeline.mark("the all-clear is in the inbox", clear.subject);
  await onlyTheseMails(tools, [downMail("primary"), upMail("primary")]);
  return {
    "loss to alert": alerted - lost,
    "recover command (RTO from the decision)": green - begun,
    "outage for visitors (RTO from the loss)": green - lost,
    "age of the restored data at the loss (RPO)": lost - backedUp,
  };
};

const mend = async (tools: MendTools): Promise<void> => {
  const { lab, context, fleet } = tools;
  const primary = await findDroplet(askLab(lab, context), fleet.primary.droplet);
  if (primary === undefined) await mustFleet(tools, "recover", "primary");
};

export const drill: Drill = { run, mend };
