import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";

/** The names are not resolved any more, though everything runs: the one mail says DNS. */
export const drill = disaster({
  takes: "names",
  broken: "no name of the fleet is resolved",
  breakIt: (tools) => inject(tools, { kind: "dns", name: tools.fleet.domain, answer: "SERVFAIL" }),
  alertOf: () => "dns",
  mended: "names are resolved again",
  mend: (tools) => clearFaults(tools, "dns"),
});
