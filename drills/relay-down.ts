import { setTimeout as sleep } from "node:timers/promises";

import { UNITS } from "@second-server/contract/names";

import { disaster } from "./disaster";
import { clearFaults, inject, onMachine } from "./machine";
import { newMails } from "./waiting";

const WITHOUT_RELAY_SECONDS = 45;

/**
 * The mail relay is down in the middle of an outage: the alert waits on the watcher, and leaves
 * once it can.
 */
export const drill = disaster({
  broken: "nginx is stopped, and the mail relay takes nothing",
  breakIt: async (tools) => {
    await inject(tools, { kind: "relay", how: "refuse" });
    await onMachine(tools, "primary", `systemctl stop ${UNITS.nginx}`);
    await sleep(WITHOUT_RELAY_SECONDS * 1000, undefined, { signal: tools.signal });
    const early = await newMails(tools);
    if (early[0]) throw new Error(`a mail came past the relay: "${early[0].subject}"`);
    await clearFaults(tools, "relay");
    tools.timeline.mark("the relay is there again");
  },
  alertOf: () => "nginx",
  mended: "nginx is started",
  mend: async (tools) => {
    await clearFaults(tools, "relay");
    await onMachine(tools, "primary", `systemctl start ${UNITS.nginx}`);
  },
});
