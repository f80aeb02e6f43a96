import { disaster } from "./disaster";
import { onMachine } from "./machine";

const LOOPS = 30;
const UNIT = "fleet-drill-load";

/** Thirty programs want all of the processor at once: slower, and no outage. */
export const drill = disaster({
  broken: `the primary has a load of ${LOOPS}`,
  breakIt: async (tools) => {
    await onMachine(
      tools,
      "primary",
      `for n in $(seq ${LOOPS}); do systemd-run --quiet --collect --unit ${UNIT}-$n sh -c 'while :; do :; done'; done`,
    );
  },
  mended: "the programs are stopped",
  mend: async (tools) => {
    await onMachine(tools, "primary", `systemctl stop '${UNIT}-*.service'`);
  },
});
