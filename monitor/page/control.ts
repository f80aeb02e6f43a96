import type { IncomingMessage } from "node:http";

import { Denied } from "../actions/announcements";
import { reason } from "../adapters/log";
import type { Reporter } from "../report/reporter";
import { json, Refusal, type Reply } from "./reply";
import { controlRequest } from "./requests";
import type { Site } from "./site";

const report = async (reporter: Pick<Reporter, "report">, force: boolean): Promise<string> => {
  const message = await reporter.report(force);
  if (message?.kind === "note")
    throw new Error(
      `the report could not be made; "${message.subject}" was sent instead and says why`,
    );
  return message === undefined
    ? "all is well, so nothing was sent (--force sends anyway)"
    : `sent "${message.subject}"`;
};

/**
 * POST /control {at: ms, action, …}, signed: what the CLI asks for with the owner's key, and the
 * little that the primary may with its own.
 */
export const control = async (site: Site, request: IncomingMessage): Promise<Reply> => {
  const { reporter, actions, log, view } = site;
  const { signer, value } = await site.signed(request);
  const action = controlRequest(
    value,
    view.config().services.map(({ name }) => name),
  );
  if (action.action === "report" && signer !== "owner")
    throw new Refusal(403, "a report is asked for with the owner's key");
  try {
    const done =
      action.action === "report"
        ? await report(reporter, action.force)
        : actions.act(action, signer);
    log.info(`control by the ${signer}: ${done}`);
    return json({ done });
  } catch (error) {
    throw new Refusal(error instanceof Denied ? 403 : 409, reason(error));
  }
};
