import { ROUTES } from "@second-server/contract/names";

import { type Mail, readInbox } from "../cli/commands/mail";
import type { Context } from "../cli/context";
import { readOutputs } from "../cli/engine/outputs";
import type { Lab } from "../cli/lab";
import type { Reporter } from "../cli/progress/reporter";
import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET } from "../cli/verify/verdict";
import { verify } from "../cli/verify/verify";
import { until } from "../cli/wait";
import type { FleetFacts } from "../config/fleet";
import type { Measures, Timeline } from "./timeline";

export interface DrillTools {
  readonly context: Context;
  readonly lab: Lab;
  readonly fleet: FleetFacts;
  readonly reporter: Reporter;
  readonly timeline: Timeline;
}

/** Breaks something, waits for what a user would see, and puts it back; rejects with what was not as it should be. */
export type Drill = (tools: DrillTools) => Promise<Measures>;

export const inbox = async ({ lab, context }: DrillTools): Promise<readonly Mail[]> =>
  await readInbox(lab, context);

/** The mails that came since `before`. */
export const newMails = async (
  tools: DrillTools,
  before: ReadonlySet<string>,
): Promise<readonly Mail[]> => (await inbox(tools)).filter(({ id }) => !before.has(String(id)));

/**
 * No incident is open and no mail is on its way: what comes in the inbox from here on is of this
 * drill, not the all-clear of something earlier.
 */
export const awaitCalm = async (
  { context, fleet, reporter }: DrillTools,
  seconds: number,
): Promise<void> => {
  const target = {
    name: STATUS_TARGET,
    url: `https://${fleet.status.host}${ROUTES.status}`,
    status: 200,
  };
  let open: readonly { readonly name: string }[] = [];
  reporter.running("calm", "waiting until no incident is open");
  const calm = await until(
    async () => {
      const [answer] = await probeAll(context, [target]);
      if (!answer?.ok) return undefined;
      const { incidents = [], outbox = 0 } = JSON.parse(answer.body ?? "{}") as {
        incidents?: readonly { readonly name: string }[];
        outbox?: number;
      };
      open = incidents;
      return open.length === 0 && outbox === 0 ? true : undefined;
    },
    { seconds, everyMs: 1000 },
  );
  reporter.clear("calm");
  if (calm === undefined)
    throw new Error(
      `the fleet is not calm before the drill has begun; open incidents: ${open.map(({ name }) => name).join(", ") || "none any more, but mails wait to leave, or the status page does not answer"}. Look at: ./fleet status`,
    );
};

/** Waits for a mail whose subject matches; rejects after the deadline with the subjects that did come. */
export const awaitMail = async (
  tools: DrillTools,
  before: ReadonlySet<string>,
  subject: RegExp,
  seconds: number,
): Promise<Mail> => {
  tools.reporter.running("mail", `waiting for the mail (${subject.source})`);
  const mail = await until(
    async () => (await newMails(tools, before)).find((one) => subject.test(one.subject)),
    { seconds },
  );
  tools.reporter.clear("mail");
  if (mail) return mail;
  const came = (await newMails(tools, before)).map((one) => `"${one.subject}"`);
  throw new Error(
    `no mail matching ${subject} within ${seconds} s; ${came.length === 0 ? "none came at all" : `these came: ${came.join(", ")}`}`,
  );
};

/** All services green at the floating IP, or a rejection naming the first that is not. */
export const awaitGreen = async (
  { context, fleet, reporter }: DrillTools,
  seconds: number,
): Promise<void> => {
  const outputs = await readOutputs(context);
  if (!outputs?.floatingIp) throw new Error("the stack has no floating IP. Run ./fleet up first");
  const { ok, verdicts } = await verify(context, fleet, outputs.floatingIp, reporter, seconds);
  const bad = verdicts.find((verdict) => !verdict.ok);
  if (!ok)
    throw new Error(`not every service is green after ${seconds} s: ${bad?.name}: ${bad?.error}`);
};
