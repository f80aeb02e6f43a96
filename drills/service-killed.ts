import { serviceUnit } from "@second-server/contract/names";

import { until } from "../cli/wait";
import { disaster } from "./disaster";
import type { DrillTools } from "./drill";
import { onMachine } from "./machine";
import { victimOf } from "./spoiled-service";
import { servicesAnswer } from "./visitors";

const AGAIN_SECONDS = 60;

const unitOf = ({ fleet }: Pick<DrillTools, "fleet">): string => serviceUnit(victimOf(fleet).name);

/** The process dies; systemd starts it again before anybody has to be woken. */
export const drill = disaster({
  takes: "a service",
  broken: "a service's process is killed",
  breakIt: async (tools) => {
    await onMachine(tools, "primary", `systemctl kill --signal SIGKILL ${unitOf(tools)}`);
  },
  meanwhile: async (tools) => {
    const again = await until(
      async () => {
        const state = await onMachine(
          tools,
          "primary",
          `systemctl is-active ${unitOf(tools)} || :`,
        );
        return state === "active" ? true : undefined;
      },
      { seconds: AGAIN_SECONDS },
    );
    if (!again) throw new Error(`${unitOf(tools)} was not started again in ${AGAIN_SECONDS} s`);
    tools.timeline.mark("systemd has started it again");
    await servicesAnswer(tools);
  },
  mended: "nothing was to be mended",
  mend: () => Promise.resolve(),
});
