import type { Lab, LabStatus } from "@second-server/local-cloud";

import type { Context } from "./context";
import { Refused, cannotRun } from "./errors";
import type { Reporter } from "./progress/reporter";

export type { Lab };

/** The lab's implementation is loaded only by the commands that use it: `--help` stays instant. */
export const loadLab = async (): Promise<Lab> => (await import("@second-server/local-cloud")).lab;

/** Shows the lab's steps ("base image", "machine primary"…) as the engine's are shown. */
export const progressTo =
  (reporter: Reporter) =>
  ({ step, detail, seconds }: { step: string; detail?: string; seconds?: number }): void =>
    seconds === undefined
      ? reporter.running(`lab:${step}`, step, detail)
      : reporter.done(`lab:${step}`, step, seconds, { failed: false, detail });

export const requireLocal = (context: Context, command: string): void => {
  if (!context.local)
    throw cannotRun(
      `fleet ${command}: it works on the local DigitalOcean only, and the stack "${context.stack}" is on the real one. Leave out --stack.`,
    );
};

/** The running lab, or a refusal that says how to start it. */
export const runningLab = async (
  context: Context,
  command: string,
): Promise<{ lab: Lab; status: LabStatus }> => {
  requireLocal(context, command);
  const lab = await loadLab();
  const status = await lab.status(context.paths);
  if (!status.running)
    throw cannotRun(
      `fleet ${command}: the local DigitalOcean in ${context.paths.state} is not running. Start it with: ./fleet up`,
    );
  return { lab, status };
};

/** Where faults are listed, injected and ended. */
export const FAULTS_ROUTE = "/local/faults";

/** The API's own words of a refusal, where it gives any. */
const messageOf = (body: unknown): string => {
  const { message } = (body ?? {}) as { readonly message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(body);
};

/**
 * One call of the cloud's API over its socket; a refusal by the API becomes the command's failure,
 * with the API's words.
 */
export const call = async (
  lab: Lab,
  context: Context,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> => {
  const answer = await lab.request(context.paths, method, path, body);
  if (answer.status >= 400)
    throw new Refused(
      answer.status,
      `${method} ${path}: ${answer.status} ${messageOf(answer.body)}`,
    );
  return answer.body;
};
