import type { IncomingMessage } from "node:http";

import type { Html } from "./html";

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (value: unknown, code = 200): Reply => ({
  status: code,
  type: "application/json; charset=utf-8",
  body: `${JSON.stringify(value)}\n`,
});
export const page = (body: Html, code = 200): Reply => ({
  status: code,
  type: "text/html; charset=utf-8",
  body: body.text,
});

/**
 * What is answered with its reason: what the asker did wrong, or what is not to be had now.
 * Everything else is a fault of ours.
 */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const LIMIT = 64 * 1024;

export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new Refusal(413, `more than ${LIMIT / 1024} kB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};
