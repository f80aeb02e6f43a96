import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { noServiceAnswers, statusPageAnswers } from "./visitors";

/** The primary runs and no packet reaches it. */
export const drill = disaster({
  takes: "the primary",
  broken: "the primary's network is cut",
  breakIt: (tools) => inject(tools, { kind: "network-cut" }, "primary"),
  alertOf: () => "primary",
  meanwhile: async (tools) => {
    await noServiceAnswers(tools);
    await statusPageAnswers(tools);
  },
  mended: "the network is there again",
  mend: (tools) => clearFaults(tools, "network-cut"),
});
