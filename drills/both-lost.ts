import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { AGENT } from "@second-server/contract/names";
import { z } from "zod";

import { askLab, findDroplet } from "../cli/droplets";
import { call, loadLab } from "../cli/lab";
import { commentIsThere, postComment } from "./comments";
import type { Drill, DrillTools, MendTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { dropletOf, onMachine } from "./machine";
import type { Measures } from "./timeline";
import { awaitGreen, onlyTheseMails } from "./waiting";

const execute = promisify(execFile);

const kitSchema = z.object({
  thirdPlace: z.object({ address: z.string(), user: z.string(), secret: z.string() }),
  repositoryPassword: z.string(),
});
type Kit = z.output<typeof kitSchema>;

/** As the owner prints it. */
const printKit = async ({ context }: MendTools): Promise<Kit> => {
  const { stdout } = await execute(
    join(context.project, "fleet"),
    [
      ...["recovery-kit", "--json", "--show-secrets"],
      ...["--state", context.paths.state, "--stack", context.stack],
    ],
    { cwd: context.project },
  );
  return kitSchema.parse(JSON.parse(stdout));
};

/** With nothing but what is on that paper: how many backups it opens in the third place. */
const openedBy = async ({ context }: MendTools, kit: Kit): Promise<number> => {
  const { address, user, secret } = kit.thirdPlace;
  const argv = ["restic", "--no-cache", "--cacert", context.paths.ca];
  const words = ["snapshots", "--json", "--no-lock"];
  const { command, args, env } = (await loadLab()).inLab(context.paths, [...argv, ...words]);
  const { stdout } = await execute(command, [...args], {
    env: {
      ...process.env,
      ...env,
      RESTIC_REPOSITORY: address.replace(
        "://",
        `://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@`,
      ),
      RESTIC_PASSWORD: kit.repositoryPassword,
    },
    maxBuffer: 16 << 20,
  });
  return z.array(z.unknown()).parse(JSON.parse(stdout)).length;
};

/**
 * Both machines are gone for good, with their disks: the data, and every backup of it that was on
 * one of them.
 */
const run = async (tools: DrillTools): Promise<Measures> => {
  const { context, lab, fleet, timeline, signal } = tools;
  const text = await postComment(tools);
  timeline.mark("a comment is posted through the public name", text);
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
  const backedUp = timeline.mark("the watcher has pulled a backup");
  await onMachine(tools, "watcher", `${AGENT} backup offsite`);
  timeline.mark("it is copied to the third place, and checked there");
  const kit = await printKit(tools);
  timeline.mark("the recovery kit is printed");

  const both = [await dropletOf(tools, "watcher"), await dropletOf(tools, "primary")];
  signal.throwIfAborted();
  for (const { id } of both) await call(lab, context, "DELETE", `/v2/droplets/${id}`);
  const lost = timeline.mark(
    "both machines are deleted through the API",
    both.map(({ id }) => `droplet ${id}`).join(", "),
  );
  const opened = await openedBy(tools, kit);
  if (opened === 0) throw new Error("the recovery kit opens a third place without a backup in it");
  timeline.mark("what is on paper opens the third place", `${opened} backups`);

  const begun = timeline.mark("./fleet recover --from-repository");
  await mustFleet(tools, "recover", "--from-repository");
  const green = timeline.mark(
    `recovered: all ${fleet.services.length} services answer over HTTPS through the floating IP`,
  );
  await commentIsThere(tools, text);
  timeline.mark("the comment is there");
  await awaitGreen(tools, 180);
  await onlyTheseMails(tools, []);
  return {
    "recover command (RTO from the decision)": green - begun,
    "outage for visitors (RTO from the loss)": green - lost,
    "age of the restored data at the loss (RPO)": lost - backedUp,
  };
};

const mend = async (tools: MendTools): Promise<void> => {
  const { lab, context, fleet } = tools;
  const ask = askLab(lab, context);
  const [primary, watcher] = [
    await findDroplet(ask, fleet.primary.droplet),
    await findDroplet(ask, fleet.watcher.name),
  ];
  if (primary && watcher) await mustFleet(tools, "up");
  else if (watcher) await mustFleet(tools, "recover", "primary");
  else await mustFleet(tools, "recover", "--from-repository", "--force");
};

export const drill: Drill = { run, mend };
