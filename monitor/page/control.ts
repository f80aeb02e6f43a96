import type { IncomingMessage } from "node:http";

import type { Assembly } from "../assembly";
import type { Reporter } from "../report/reporter";
import { act, type Action } from "./actions";
import { json, readBody, Refusal, type Reply } from "./reply";

const WINDOW = 5 * 60_000;

/** The body has to be signed with the fleet's key and be of now, so that it can't be played again later. @throws Refusal */
export const signedBody = async <Body>(
  assembly: Assembly,
  request: IncomingMessage,
): Promise<Body> => {
  const text = await readBody(request);
  const signature = request.headers["x-signature"];
  if (typeof signature !== "string" || !assembly.key.verify(text, signature))
    throw new Refusal(403, "the signature does not fit; is it the same key file?");
  const { at } = JSON.parse(text) as { at?: number };
  if (typeof at !== "number" || Math.abs(assembly.clock.now() - at) > WINDOW)
    throw new Refusal(403, "the request is not of now; do the clocks agree?");
  return JSON.parse(text) as Body;
};

const report = async (reporter: Reporter, force: boolean): Promise<string> => {
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
export const control = async (
  assembly: Assembly,
  reporter: Reporter,
  request: IncomingMessage,
): Promise<Reply> => {
  const action = await signedBody<Action>(assembly, request);
  try {
    const done =
      action.action === "report" ? await report(reporter, action.force) : act(assembly, action);
    assembly.log.info(`control: ${done}`);
    return json({ done });
  } catch (error) {
    throw new Refusal(409, (error as Error).message);
  }
};
