import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { servicesAnswer, statusPageIsDark } from "./visitors";

/**
 * The watcher sees nothing any more, the primary least of all: it must not take its own blindness
 * for everybody's death.
 */
export const drill = disaster({
  takes: "the watcher",
  broken: "the watcher's network is cut",
  breakIt: (tools) => inject(tools, { kind: "network-cut" }, "watcher"),
  alertOf: () => "watcher",
  note: /The watcher had no network/,
  meanwhile: async (tools) => {
    await statusPageIsDark(tools);
    await servicesAnswer(tools);
  },
  mended: "the network is there again",
  mend: (tools) => clearFaults(tools, "network-cut"),
});
