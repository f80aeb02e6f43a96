import { AGENT, serviceUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { disaster } from "./disaster";
import type { MendTools } from "./drill";
import { onMachine } from "./machine";

const SERVICE = "dead-drop";
const ASIDE = `${PATHS.serviceData}/${SERVICE}.drill`;

/**
 * The primary hands out a backup in which a service's data is missing: it is told, and never the
 * one that is restored.
 */
export const drill = disaster({
  broken: "a backup is taken while a service's data is gone",
  breakIt: async (tools) => {
    const folder = `${PATHS.serviceData}/${SERVICE}`;
    await onMachine(
      tools,
      "primary",
      `systemctl stop ${serviceUnit(SERVICE)}; mkdir ${ASIDE}; mv ${folder}/* ${ASIDE}/`,
    );
    await onMachine(tools, "watcher", `${AGENT} backup pull || :`);
    await onMachine(
      tools,
      "primary",
      `mv ${ASIDE}/* ${folder}/; rmdir ${ASIDE}; systemctl start ${serviceUnit(SERVICE)}`,
    );
  },
  alertOf: () => "backup",
  mended: "the data is there, and a new backup is taken",
  mend: async (tools: MendTools) => {
    await onMachine(
      tools,
      "primary",
      `[ ! -d ${ASIDE} ] || { mv ${ASIDE}/* ${PATHS.serviceData}/${SERVICE}/; rmdir ${ASIDE}; systemctl start ${serviceUnit(SERVICE)}; }`,
    );
    await onMachine(tools, "watcher", `${AGENT} backup pull`);
  },
});
