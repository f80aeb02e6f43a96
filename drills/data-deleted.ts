import { AGENT, serviceUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { downMail, upMail } from "./disaster";
import type { Drill, DrillTools, MendTools } from "./drill";
import { DROPS_SERVICE, leaveDropInBackup, readDrop } from "./drops";
import { mustFleet } from "./fleet-command";
import { onMachine } from "./machine";
import type { Measures } from "./timeline";
import { awaitGreen, awaitMail, onlyTheseMails } from "./waiting";

const FOLDER = `${PATHS.serviceData}/${DROPS_SERVICE}`;
const GREEN_SECONDS = 240;

/**
 * A slip of the hand takes all of a service's data while it runs. The next backup tells, and one
 * command brings it back.
 */
const run = async (tools: DrillTools): Promise<Measures> => {
  const { timeline, signal } = tools;
  const drop = await leaveDropInBackup(tools);
  signal.throwIfAborted();
  await onMachine(tools, "primary", `rm -rf ${FOLDER}/*`);
  const lost = timeline.mark(`rm -rf of ${DROPS_SERVICE}'s data`);
  await onMachine(tools, "watcher", `${AGENT} backup pull || :`);
  timeline.mark("the next backup finds it gone");
  const alert = await awaitMail(tools, downMail("backup"));
  const alerted = timeline.mark("the alert is in the inbox", alert.subject);

  const begun = timeline.mark(`./fleet restore ${DROPS_SERVICE}`);
  await mustFleet(tools, "restore", DROPS_SERVICE);
  const restored = timeline.mark("restored, and healthy");
  await readDrop(tools, drop);
  timeline.mark("the secret is there");
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
  await awaitGreen(tools, GREEN_SECONDS);
  const clear = await awaitMail(tools, upMail("backup"));
  timeline.mark("the all-clear is in the inbox", clear.subject);
  await onlyTheseMails(tools, [downMail("backup"), upMail("backup")]);
  return { "loss to alert": alerted - lost, "restore command": restored - begun };
};

/** What was deleted is known by nothing being there: an empty database is one that was made anew. */
const mend = async (tools: MendTools): Promise<void> => {
  const there = await onMachine(tools, "primary", `ls -A ${FOLDER}`);
  if (there === "") await mustFleet(tools, "restore", DROPS_SERVICE);
  await onMachine(
    tools,
    "primary",
    `systemctl is-active --quiet ${serviceUnit(DROPS_SERVICE)} || systemctl start ${serviceUnit(DROPS_SERVICE)}`,
  );
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
};

export const drill: Drill = { run, mend };
