import type { IncomingMessage } from "node:http";

import type { Action } from "../actions/actions";
import { reason } from "../adapters/log";
import type { Reporter } from "../report/reporter";
import { json, readBody, Refusal, type Reply } from "./reply";
import type { Site } from "./site";

/** What the CLI may ask for. */
export type ControlRequest = Action | { readonly action: "report"; readonly force: boolean };

const WINDOW_MS = 5 * 60_000;

/** The body has to be signed with the fleet's key and be of now, so that it can't be played again later. @throws Refusal */
export const signedBody = async <Body>(
  { key, view }: Pick<Site, "key" | "view">,
  request: IncomingMessage,
): Promise<Body> => {
  const text = await readBody(request);
  const signature = request.headers["x-signature"];
  if (typeof signature !== "string" || !key.verify(text, signature))
    throw new Refusal(403, "the signature does not fit; is it the same key file?");
  const { at } = JSON.parse(text) as { at?: number };
  if (typeof at !== "number" || Math.abs(view.now() - at) > WINDOW_MS)
    throw new Refusal(403, "the request is not of now; do the clocks agree?");
  return JSON.parse(text) as Body;
};

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

/** POST /control {at: ms, action, …}, signed: what the CLI asks for. */
export const control = async (site: Site, request: IncomingMessage): Promise<Reply> => {
  const { reporter, actions, log } = site;
  const action = await signedBody<ControlRequest>(site, request);
  try {
    const done =
      action.action === "report" ? await report(reporter, action.force) : actions.act(action);
    log.info(`control: ${done}`);
    return json({ done });
  } catch (error) {
    throw new Refusal(409, reason(error));
  }
};
