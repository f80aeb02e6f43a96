import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { servicesAnswer } from "./visitors";

const DAY_SECONDS = 86_400;

/** The services' clocks are a day ahead: they go on, and nobody is woken. */
export const drill = disaster({
  takes: "the clock",
  broken: "the services' clocks are a day ahead",
  breakIt: (tools) => inject(tools, { kind: "clock-skew", seconds: DAY_SECONDS }, "primary"),
  meanwhile: servicesAnswer,
  mended: "the clocks are right again",
  mend: (tools) => clearFaults(tools, "clock-skew"),
});
