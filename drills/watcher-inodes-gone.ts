import { hostCheck } from "@second-server/contract/checks";

import { disaster } from "./disaster";
import { onMachine } from "./machine";
import { servicesAnswer } from "./visitors";

const FOLDER = "/var/tmp/fleet-drill-inodes";
/** Empty files until there are no more: there is room on the disk, and nothing can be created. */
const PROGRAM = `import os, itertools
for n in itertools.count():
    try:
        if n % 1000 == 0: os.makedirs(f"${FOLDER}/{n // 1000}")
        os.mknod(f"${FOLDER}/{n // 1000}/{n}")
    except OSError: break`;

export const drill = disaster({
  takes: "the watcher's disk",
  broken: "the watcher has no inode left",
  breakIt: async (tools) => {
    await onMachine(
      tools,
      "watcher",
      `printf %s ${Buffer.from(PROGRAM).toString("base64")} | base64 -d | python3 -`,
    );
  },
  alertOf: () => hostCheck("watcher"),
  meanwhile: servicesAnswer,
  mended: "the files are removed",
  mend: async (tools) => {
    await onMachine(tools, "watcher", `rm -rf ${FOLDER}`);
  },
});
