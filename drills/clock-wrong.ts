import { UNITS, serviceUnit } from "@second-server/contract/names";

import { disaster } from "./disaster";
import type { DrillTools } from "./drill";
import { clearFaults, inject } from "./machine";
import { servicesAnswer } from "./visitors";

const DAY_SECONDS = 86_400;

const unitsOf = ({ fleet }: DrillTools): readonly string[] => [
  ...fleet.services.filter(({ port }) => port !== undefined).map(({ name }) => serviceUnit(name)),
  UNITS.nginx,
];

/**
 * The services' clocks are a day ahead: they go on, and nobody is woken. One after the other, since
 * each is restarted to see the other clock; a real one goes wrong without that.
 */
export const drill = disaster({
  takes: "the clock",
  broken: "the services' clocks are a day ahead",
  breakIt: async (tools) => {
    for (const unit of unitsOf(tools)) {
      tools.signal.throwIfAborted();
      await inject(tools, { kind: "clock-skew", seconds: DAY_SECONDS, unit }, "primary");
    }
  },
  meanwhile: servicesAnswer,
  mended: "the clocks are right again",
  mend: (tools) => clearFaults(tools, "clock-skew"),
});
