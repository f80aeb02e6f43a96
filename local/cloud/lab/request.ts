import { request as httpRequest } from "node:http";

import { isErrorOf } from "../files";
import type { LabPaths } from "../paths";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const parsed = (text: string): unknown => {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * Nobody listens, whoever did has ended, or hangs: the ways in which a cloud that isn't there
 * answers.
 */
export const unlessSilent = async (asked: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (isErrorOf(error, "ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"))
      return undefined;
    throw error;
  }
};

/**
 * HTTP over the cloud's socket. `body` goes as JSON; an answer that isn't JSON comes as text, an
 * empty one as null. Rejects with `code` ENOENT or ECONNREFUSED when no cloud is running, with
 * ETIMEDOUT when it says nothing for `patience` milliseconds (0: for ever).
 */
export const request = (
  paths: LabPaths,
  method: string,
  path: string,
  body?: unknown,
  patience = 0,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: "Bearer local",
      ...(text === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    };
    const sent = httpRequest({ socketPath: paths.socket, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: parsed(Buffer.concat(chunks).toString("utf8")),
        }),
      );
    });
    sent.once("error", reject);
    sent.setTimeout(patience, () =>
      sent.destroy(
        Object.assign(new Error(`the local DigitalOcean says nothing for ${patience / 1000} s`), {
          code: "ETIMEDOUT",
        }),
      ),
    );
    sent.end(text);
  });
