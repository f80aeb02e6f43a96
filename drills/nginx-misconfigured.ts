import { UNITS } from "@second-server/contract/names";

import { disaster } from "./disaster";
import { onMachine } from "./machine";
import { noServiceAnswers } from "./visitors";

const FILE = "/etc/nginx/sites/drill.conf";

/** Somebody edits by hand and restarts: the web server does not come up again. */
export const drill = disaster({
  takes: "nginx",
  broken: "nginx is restarted on a file that it can't read",
  breakIt: async (tools) => {
    await onMachine(
      tools,
      "primary",
      `echo 'server { listen' > ${FILE}; systemctl restart ${UNITS.nginx} || :`,
    );
  },
  alertOf: () => "nginx",
  meanwhile: noServiceAnswers,
  mended: "the file is gone, nginx is started",
  mend: async (tools) => {
    await onMachine(tools, "primary", `rm -f ${FILE}; systemctl start ${UNITS.nginx}`);
  },
});
