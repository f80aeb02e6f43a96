import { hostCheck } from "@second-server/contract/checks";

import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { servicesAnswer } from "./visitors";

/** The monitor can't write its history: it goes on looking, and says so. */
export const drill = disaster({
  takes: "the watcher's disk",
  broken: "the watcher's disk is full",
  breakIt: (tools) => inject(tools, { kind: "disk-full" }, "watcher"),
  alertOf: () => hostCheck("watcher"),
  meanwhile: servicesAnswer,
  mended: "there is room again",
  mend: (tools) => clearFaults(tools, "disk-full"),
});
