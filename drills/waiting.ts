import { ROUTES } from "@second-server/contract/names";

import { type Mail, readInbox } from "../cli/commands/mail";
import { readOutputs } from "../cli/engine/outputs";
import { failed } from "../cli/errors";
import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET } from "../cli/verify/verdict";
import { verify } from "../cli/verify/verify";
import { until } from "../cli/wait";
import type { DrillTools, MendTools } from "./drill";

/**
 * Failing checks until an alert, plus the polling interval, its timeout and the mail's way;
 * generous on a busy machine.
 */
export const ALERT_SECONDS = 240;

export const inboxIds = async ({ lab, context }: MendTools): Promise<ReadonlySet<string>> =>
  new Set((await readInbox(lab, context)).map(({ id }) => String(id)));

/** The mails that came since the drill began. */
export const newMails = async ({
  lab,
  context,
  before,
}: Pick<DrillTools, "lab" | "context" | "before">): Promise<readonly Mail[]> =>
  (await readInbox(lab, context)).filter(({ id }) => !before.has(String(id)));

const quoted = (mails: readonly Mail[]): string =>
  mails.length === 0
    ? "none came at all"
    : `these came: ${mails.map(({ subject }) => `"${subject}"`).join(", ")}`;

interface Account {
  readonly incidents?: readonly { readonly name: string }[];
  readonly outbox?: number;
}

/**
 * No incident is open and no mail is on its way: what comes in the inbox from here on is of this
 * drill, not the all-clear of something earlier.
 */
export const awaitCalm = async (
  { context, fleet, reporter }: MendTools,
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
      const { incidents = [], outbox = 0 } = JSON.parse(answer.body ?? "{}") as Account;
      open = incidents;
      return open.length === 0 && outbox === 0 ? true : undefined;
    },
    { seconds, everyMs: 1000 },
  );
  reporter.clear("calm");
  if (calm === undefined)
    throw failed(
      `the fleet is not calm; open incidents: ${open.map(({ name }) => name).join(", ") || "none any more, but mails wait to leave, or the status page does not answer"}. Look at: ./fleet status`,
    );
};

/**
 * Waits for a mail whose subject matches; rejects after the deadline with the subjects that did
 * come.
 */
export const awaitMail = async (
  tools: DrillTools,
  subject: RegExp,
  seconds = ALERT_SECONDS,
): Promise<Mail> => {
  tools.reporter.running("mail", `waiting for the mail (${subject.source})`);
  const mail = await until(
    async () => (await newMails(tools)).find((one) => subject.test(one.subject)),
    { seconds },
  );
  tools.reporter.clear("mail");
  if (mail) return mail;
  throw new Error(
    `no mail matching ${subject} within ${seconds} s; ${quoted(await newMails(tools))}`,
  );
};

/** Rejects where other mails came than those that match `expected`, each of which has come. */
export const onlyTheseMails = async (
  tools: DrillTools,
  expected: readonly RegExp[],
): Promise<void> => {
  const mails = await newMails(tools);
  if (mails.length === expected.length) return;
  throw new Error(
    `${expected.length === 0 ? "no mail was" : `${expected.length} mails were`} to come, and there are ${mails.length}; ${quoted(mails)}`,
  );
};

/** Looks for so long whether a mail comes, and rejects with its subject as soon as one does. */
export const awaitSilence = async (tools: DrillTools, seconds: number): Promise<void> => {
  tools.reporter.running("silence", `${seconds} s in which no mail may come`);
  const mail = await until(async () => (await newMails(tools))[0], { seconds, everyMs: 1000 });
  tools.reporter.clear("silence");
  if (mail) throw new Error(`no mail was to come, and there is "${mail.subject}"`);
};

/** All services green at the floating IP, or a rejection naming the first that is not. */
export const awaitGreen = async (
  { context, fleet, reporter }: MendTools,
  seconds: number,
): Promise<void> => {
  const outputs = await readOutputs(context);
  if (!outputs?.floatingIp) throw failed("the stack has no floating IP. Run ./fleet up first");
  const { ok, verdicts } = await verify(context, fleet, outputs.floatingIp, reporter, { seconds });
  const bad = verdicts.find((verdict) => !verdict.ok);
  if (!ok)
    throw failed(
      `not every service is green after ${seconds} s: ${bad?.name}: ${bad?.error}. Look at: ./fleet status`,
    );
};
