import { randomBytes } from "node:crypto";

import { probeAll } from "../cli/verify/probe";
import { until } from "../cli/wait";
import type { MendTools } from "./drill";

const PAGE = "/drill";
const PATIENCE_SECONDS = 10;

const addressOf = ({ fleet }: MendTools): string => {
  const service = fleet.services.find(({ name }) => name === "comments");
  if (!service)
    throw new Error('this drill posts a comment, and fleet.yaml has no service "comments"');
  return `https://${service.host}/api/comments`;
};

/** Leaves a comment through the public name, as a visitor does; the text is one of a kind. */
export const postComment = async (tools: MendTools): Promise<string> => {
  const text = `before the fire ${randomBytes(6).toString("hex")}`;
  const post = { page: PAGE, author: "drill", text };
  const [answer] = await probeAll(tools.context, [
    { name: "post", url: addressOf(tools), status: 201, post },
  ]);
  if (!answer?.ok) throw new Error(`the comment could not be posted: ${answer?.error}`);
  return text;
};

/** Rejects where a visitor does not find it. */
export const commentIsThere = async (tools: MendTools, text: string): Promise<void> => {
  const url = `${addressOf(tools)}?page=${encodeURIComponent(PAGE)}`;
  const there = await until(
    async () => {
      const [answer] = await probeAll(tools.context, [
        { name: "read", url, status: 200, contains: text },
      ]);
      return answer?.ok ? true : undefined;
    },
    { seconds: PATIENCE_SECONDS },
  );
  if (!there) throw new Error(`the comment "${text}" that was posted before is not there any more`);
};
