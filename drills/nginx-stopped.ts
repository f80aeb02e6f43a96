import { UNITS } from "@second-server/contract/names";

import { disaster } from "./disaster";
import { onMachine } from "./machine";
import { noServiceAnswers, statusPageAnswers } from "./visitors";

/** The web server is stopped: ten services are down, and the one mail names the cause. */
export const drill = disaster({
  takes: "nginx",
  broken: "nginx is stopped",
  breakIt: async (tools) => {
    await onMachine(tools, "primary", `systemctl stop ${UNITS.nginx}`);
  },
  alertOf: () => "nginx",
  meanwhile: async (tools) => {
    await noServiceAnswers(tools);
    await statusPageAnswers(tools);
  },
  mended: "nginx is started",
  mend: async (tools) => {
    await onMachine(tools, "primary", `systemctl start ${UNITS.nginx}`);
  },
});
