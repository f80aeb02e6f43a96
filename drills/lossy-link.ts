import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";

const PERCENT = 3;

/** Packets that get lost are sent again: slower, and no outage. */
export const drill = disaster({
  takes: "the link",
  broken: `${PERCENT} % of the primary's packets are lost`,
  breakIt: (tools) => inject(tools, { kind: "loss", percent: PERCENT }, "primary"),
  mended: "no packet is lost any more",
  mend: (tools) => clearFaults(tools, "loss"),
});
