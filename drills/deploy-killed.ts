import { spawn } from "node:child_process";
import { join } from "node:path";

import { disaster } from "./disaster";
import type { DrillTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { withChangedService } from "./scratch-project";
import { servicesAnswer } from "./visitors";

/** What `up` says when it hands the release to the machine. */
const AT_WORK = /"type":"running"[^\n]*primary-apply/;

/** `up` and all that it started die at once, in the middle of the release. */
const killHalfWay = (tools: DrillTools, folder: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const { paths, stack } = tools.context;
    const child = spawn(
      join(folder, "fleet"),
      ["up", "--state", paths.state, "--stack", stack, "--json"],
      { cwd: folder, stdio: ["ignore", "pipe", "ignore"], detached: true },
    );
    let said = "";
    let killed = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (killed || !AT_WORK.test(said) || child.pid === undefined) return;
      killed = true;
      // Its whole process group.
      process.kill(-child.pid, "SIGKILL");
    });
    child.once("error", reject);
    child.once("close", () =>
      killed ? resolve() : reject(new Error("up ended before it was at work on the machine")),
    );
  });

/**
 * `up` is killed in the middle: the old or the new release serves, and the next `up` ends what was
 * begun.
 */
export const drill = disaster({
  broken: "up is killed while it changes a release",
  breakIt: (tools) =>
    withChangedService(tools, 'console.log("a change by a drill");', (folder) =>
      killHalfWay(tools, folder),
    ),
  meanwhile: servicesAnswer,
  silenceSeconds: 20,
  mended: "the next ./fleet up has ended what was begun",
  mend: (tools) => mustFleet(tools, "up"),
});
