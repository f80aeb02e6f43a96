import { disaster } from "./disaster";
import { clearFaults, dropletOf, inject } from "./machine";
import { servicesAnswer } from "./visitors";

/** The two machines don't see each other, and everybody else sees both. */
export const drill = disaster({
  takes: "the link",
  broken: "no packet passes between the two machines",
  breakIt: async (tools) => {
    const { id } = await dropletOf(tools, "watcher");
    await inject(tools, { kind: "network-cut", peerId: id }, "primary");
  },
  alertOf: () => "primary",
  meanwhile: servicesAnswer,
  mended: "they see each other again",
  mend: (tools) => clearFaults(tools, "network-cut"),
});
