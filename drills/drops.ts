import { randomBytes } from "node:crypto";

import { AGENT } from "@second-server/contract/names";

import { probeAll } from "../cli/verify/probe";
import type { DrillTools, MendTools } from "./drill";
import { onMachine } from "./machine";

export const DROPS_SERVICE = "dead-drop";

/** A secret that was left, and what opens it: once. */
export interface Drop {
  readonly link: { readonly id: string; readonly key: string };
  readonly text: string;
}

const post = async (
  { context, fleet }: MendTools,
  path: string,
  status: number,
  body: unknown,
): Promise<Readonly<Record<string, unknown>>> => {
  const service = fleet.services.find(({ name }) => name === DROPS_SERVICE);
  if (!service)
    throw new Error(`this drill leaves a secret, and fleet.yaml has no service "${DROPS_SERVICE}"`);
  const url = `https://${service.host}${path}`;
  const [answer] = await probeAll(context, [{ name: "drop", url, status, post: body }]);
  if (!answer?.ok) throw new Error(`${url}: ${answer?.error ?? "no answer"}`);
  return JSON.parse(answer.body ?? "{}") as Readonly<Record<string, unknown>>;
};

/** Leaves a secret through the public name, as a visitor does. */
const leaveDrop = async (tools: MendTools): Promise<Drop> => {
  const text = `left by a drill ${randomBytes(6).toString("hex")}`;
  const { id, key } = await post(tools, "/api/drops", 201, { text });
  return { link: { id: String(id), key: String(key) }, text };
};

/** One that is in the newest backup. */
export const leaveDropInBackup = async (tools: DrillTools): Promise<Drop> => {
  const drop = await leaveDrop(tools);
  tools.timeline.mark("a secret is left through the public name");
  await onMachine(tools, "watcher", `${AGENT} backup pull`);
  tools.timeline.mark("the watcher has pulled a backup");
  return drop;
};

/** Reads it, which destroys it; rejects where it is not there. */
export const readDrop = async (tools: MendTools, { link, text }: Drop): Promise<void> => {
  const opened = await post(tools, "/api/open", 200, link);
  if (opened["text"] !== text)
    throw new Error(`the secret that was left before is not there: ${JSON.stringify(opened)}`);
};
