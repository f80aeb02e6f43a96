import { hostCheck } from "@second-server/contract/checks";

import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";

/** Nothing can be written any more. */
export const drill = disaster({
  takes: "the primary's disk",
  broken: "the primary's disk is full",
  breakIt: (tools) => inject(tools, { kind: "disk-full" }, "primary"),
  alertOf: () => hostCheck("primary"),
  mended: "there is room again",
  mend: (tools) => clearFaults(tools, "disk-full"),
});
