import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { servicesAnswer } from "./visitors";

const MILLISECONDS = 150;

/** A bad day of the network is no outage. */
export const drill = disaster({
  takes: "the link",
  broken: `each packet of the primary takes ${MILLISECONDS} ms longer`,
  breakIt: (tools) => inject(tools, { kind: "latency", milliseconds: MILLISECONDS }, "primary"),
  meanwhile: servicesAnswer,
  mended: "the link is fast again",
  mend: (tools) => clearFaults(tools, "latency"),
});
