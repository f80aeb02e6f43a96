import { serviceUnit } from "@second-server/contract/names";

import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { victimOf } from "./spoiled-service";

/** It runs and does not answer, which systemd can't see: the watchdog restarts it. */
export const drill = disaster({
  takes: "a service",
  broken: "a service runs and does not answer",
  breakIt: (tools) =>
    inject(tools, { kind: "freeze", unit: serviceUnit(victimOf(tools.fleet).name) }, "primary"),
  alertOf: ({ fleet }) => victimOf(fleet).name,
  mendsItself: true,
  mended: "the watchdog has restarted it",
  mend: (tools) => clearFaults(tools, "freeze"),
});
