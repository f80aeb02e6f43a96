import type { Role } from "@second-server/contract/roles";

import { observatoryCommand } from "../cli/access/observatory";
import { sshCapture } from "../cli/access/ssh";
import { until } from "../cli/wait";
import { disaster } from "./disaster";
import type { Drill, DrillTools, MendTools } from "./drill";
import { onMachine } from "./machine";
import { servicesAnswer } from "./visitors";

const BACK_SECONDS = 120;
const TITLE = "drill: a planned reboot";

/** A file of this boot: gone, the machine has started anew. */
const FILE = "/run/fleet-drill-boot";

const isBack = async (tools: DrillTools, role: Role): Promise<true | undefined> => {
  const left = await onMachine(
    tools,
    role,
    `[ ! -e ${FILE} ] && systemctl is-system-running --wait >/dev/null 2>&1; [ -e ${FILE} ] || echo anew`,
  ).catch(() => undefined);
  return left === "anew" ? true : undefined;
};

const announce = async ({ context }: MendTools, ...words: readonly string[]): Promise<void> => {
  await sshCapture(context, "watcher", observatoryCommand(["maintenance", TITLE, ...words]));
};

/** A restart that was announced: the services are back by themselves, and nobody is woken. */
export const reboot = (role: Role): Drill =>
  disaster({
    broken: `the ${role} is rebooted`,
    breakIt: async (tools) => {
      await announce(tools, "--minutes", "5");
      tools.timeline.mark("the reboot is announced to the Observatory");
      await onMachine(tools, role, `touch ${FILE}; systemctl reboot --no-block`);
    },
    meanwhile: async (tools) => {
      const back = await until(() => isBack(tools, role), {
        seconds: BACK_SECONDS,
        everyMs: 1000,
      });
      if (!back) throw new Error(`the ${role} is not back after ${BACK_SECONDS} s`);
      tools.timeline.mark(`the ${role} is back`);
      await servicesAnswer(tools);
    },
    mended: "the announcement is over",
    // There is none where it has ended already.
    mend: (tools) => announce(tools, "--end").catch(() => undefined),
  });
