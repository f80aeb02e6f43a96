import { randomUUID } from "node:crypto";

import { type SmtpDispatch, smtpOptions } from "@second-server/contract/channels/channel";
import { email } from "@second-server/contract/channels/email";
import { SECRETS } from "@second-server/contract/names";
import { createTransport } from "nodemailer";

import type { AlertFacts } from "../config/fleet";
import type { Run } from "../drills/journal";
import { renderRun, renderSummary } from "../drills/timeline";
import { type Context, contextOf } from "./context";
import { cannotRun } from "./errors";
import { loadManifest } from "./manifest";
import { openSettings, orRefuse } from "./stack-settings";

/** What the mail about a programme of drills says. */
export interface DrillMail {
  readonly fleet: string;
  readonly runs: readonly Run[];
  /** The report as a page. */
  readonly page: string;
  /** Why there are no more runs than these, where something has ended them. */
  readonly trouble?: string;
}

export const subjectOf = ({ fleet, runs, trouble }: Omit<DrillMail, "page">): string => {
  if (trouble !== undefined) return `[${fleet}] drills could not go on: ${trouble.split("\n")[0]}`;
  const bad = runs.filter(({ ok }) => !ok).map(({ drill }) => drill);
  const many = `${runs.length} ${runs.length === 1 ? "drill" : "drills"}`;
  return bad.length === 0
    ? `[${fleet}] ${many}: everything came back`
    : `[${fleet}] ${many}, ${bad.length} failed: ${bad.join(", ")}`;
};

/** As the fleet's own alerts are handed in: the same relay, sender and receivers. */
export const drillMail = (
  { from, to, relay }: Pick<AlertFacts, "from" | "to" | "relay">,
  password: string | undefined,
  result: DrillMail,
): SmtpDispatch => {
  const { runs, page, trouble } = result;
  const fields = {
    ...relay,
    from,
    to,
    ...(password === undefined ? {} : { passwordFile: SECRETS.relayPassword }),
  };
  const failed = runs.filter(({ ok }) => !ok).map(renderRun);
  const text = [...(trouble === undefined ? [] : [trouble]), renderSummary(runs), ...failed].join(
    "\n",
  );
  const message = {
    kind: "report",
    subject: subjectOf(result),
    text: `${text.trim()}\n`,
    html: page,
  } as const;
  const delivery = { id: randomUUID(), created: Date.now(), secretIn: () => password ?? "" };
  const dispatch = email.dispatch(fields, message, delivery);
  if (dispatch.protocol !== "smtp") throw new Error("the channel of mail does not send by SMTP");
  return dispatch;
};

/** Mails it, the page attached as well. @throws what the relay said. */
export const sendDrillMail = async ({ relay, mail }: SmtpDispatch): Promise<void> => {
  const connection = createTransport(smtpOptions(relay));
  try {
    await connection.sendMail({
      ...mail,
      to: [...mail.to],
      attachments: [{ filename: "drills.html", content: mail.html, contentType: "text/html" }],
    });
  } finally {
    connection.close();
  }
};

/** A schedule that names one would fail each week, by nobody seen. */
export const refuseRelayOf = (stack: string): void => {
  if (contextOf({ stack }).local)
    throw cannotRun(
      "fleet drill: --mail takes the stack whose relay and addresses are used. The local one's are inside the local DigitalOcean, and nobody's.",
    );
};

export type Mailer = (result: DrillMail) => Promise<void>;

/**
 * What mails a result by the relay, and to the addresses, of another stack. Asked for before
 * anything is broken: what can't be mailed is refused then.
 */
export const mailerOf = async (context: Context, stack: string): Promise<Mailer> => {
  const real = { ...contextOf({ stack }), json: context.json };
  const { alerts } = await loadManifest(real);
  const settings = await openSettings("drill", real);
  const password = await orRefuse("drill", () => settings.get(SECRETS.relayPassword));
  return (result) =>
    sendDrillMail(drillMail(alerts, typeof password === "string" ? password : undefined, result));
};
