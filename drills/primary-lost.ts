import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { AGENT } from "@second-server/contract/names";

import { sshCapture } from "../cli/access/ssh";
import { askLab, findDroplet } from "../cli/droplets";
import { call } from "../cli/lab";
import { probeAll } from "../cli/verify/probe";
import { until } from "../cli/wait";
import { type Drill, type DrillTools, awaitCalm, awaitGreen, awaitMail, inbox } from "./drill";

const ALERT_SECONDS = 240;
const CLEAR_SECONDS = 240;

const commentsOf = (tools: DrillTools): string => {
  const service = tools.fleet.services.find(({ name }) => name === "comments");
  if (!service)
    throw new Error('this drill posts a comment, and fleet.yaml has no service "comments"');
  return `https://${service.host}`;
};

/** Leaves a comment through the public name, as a visitor does; the text is one of a kind. */
const postComment = async (tools: DrillTools): Promise<string> => {
  const text = `before the fire ${randomBytes(6).toString("hex")}`;
  const [answer] = await probeAll(tools.context, [
    {
      name: "post",
      url: `${commentsOf(tools)}/api/comments`,
      status: 201,
      post: { page: "/drill", author: "drill", text },
    },
  ]);
  if (!answer?.ok) throw new Error(`the comment could not be posted: ${answer?.error}`);
  return text;
};

const commentIsThere = async (tools: DrillTools, text: string): Promise<boolean> => {
  const [answer] = await probeAll(tools.context, [
    {
      name: "read",
      url: `${commentsOf(tools)}/api/comments?page=${encodeURIComponent("/drill")}`,
      status: 200,
      contains: text,
    },
  ]);
  return answer?.ok ?? false;
};

/** `fleet recover primary`, the very command that the owner types, as a process of its own. */
const recover = async ({ context, reporter }: DrillTools): Promise<void> => {
  const child = spawn(
    join(context.project, "fleet"),
    ["recover", "primary", "--state", context.paths.state, "--stack", context.stack, "--json"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let buffered = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (buffered + chunk).split("\n");
    buffered = lines.pop() ?? "";
    for (const line of lines) {
      const event = JSON.parse(line) as {
        type: string;
        key?: string;
        label?: string;
        detail?: string;
        seconds?: number;
        failed?: boolean;
      };
      if (event.type === "running")
        reporter.running(`recover:${event.key}`, event.label ?? "", event.detail);
      else if (event.type === "cleared") reporter.clear(`recover:${event.key}`);
      else if (event.type === "done")
        reporter.done(`recover:${event.key}`, event.label ?? "", event.seconds ?? 0, {
          failed: event.failed ?? false,
          detail: event.detail,
        });
    }
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    complaints += chunk;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 130));
  });
  if (code !== 0)
    throw new Error(`./fleet recover primary ended with ${code}: ${complaints.trim()}`);
};

/** The primary is gone for good, with its disk. What took an hour by hand: everything back from the watcher's backup, timed. */
export const run: Drill = async (tools) => {
  const { context, lab, fleet, timeline } = tools;
  await awaitGreen(tools, 120);
  await awaitCalm(tools, 180);
  const before = new Set((await inbox(tools)).map(({ id }) => String(id)));
  timeline.mark("all services green; the drill begins");
  const text = await postComment(tools);
  timeline.mark("a comment is posted through the public name", text);
  await sshCapture(context, "watcher", ["sudo", AGENT, "backup", "pull"]);
  const backedUp = timeline.mark("the watcher has pulled a backup");

  const primary = await findDroplet(askLab(lab, context), fleet.primary.name);
  if (!primary) throw new Error(`there is no droplet "${fleet.primary.name}"`);
  await call(lab, context, "DELETE", `/v2/droplets/${primary.id}`);
  const lost = timeline.mark("the primary is deleted through the API", `droplet ${primary.id}`);
  const alert = await awaitMail(tools, before, /\bDOWN: primary\b/, ALERT_SECONDS).catch(
    async (error: unknown) => {
      // A drill that has failed ends with the fleet as it was, too.
      await recover(tools);
      throw error;
    },
  );
  const alerted = timeline.mark("the alert is in the inbox", alert.subject);

  const begun = timeline.mark("./fleet recover primary");
  await recover(tools);
  const green = timeline.mark(
    `recovered: all ${fleet.services.length} services answer over HTTPS through the floating IP`,
  );
  if (
    !(await until(async () => ((await commentIsThere(tools, text)) ? true : undefined), {
      seconds: 10,
    }))
  )
    throw new Error(`the comment "${text}" posted before the loss is not there any more`);
  timeline.mark("the comment is there");
  const clear = await awaitMail(tools, before, /\bUP: primary\b/, CLEAR_SECONDS);
  timeline.mark("the all-clear is in the inbox", clear.subject);
  return {
    "loss to alert": alerted - lost,
    "recover command (RTO from the decision)": green - begun,
    "outage for visitors (RTO from the loss)": green - lost,
    "age of the restored data at the loss (RPO)": lost - backedUp,
  };
};
