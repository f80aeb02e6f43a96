import { createInterface } from "node:readline/promises";

import { cannotRun } from "./errors";

/**
 * Has the name typed of what can't be had back; where nobody can type, `--yes` has said so. Rejects
 * where it is another one.
 */
export const confirmByName = async (
  command: string,
  name: string,
  isAgreed: boolean,
  streams: {
    readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
    readonly output: NodeJS.WritableStream;
  } = { input: process.stdin, output: process.stderr },
): Promise<void> => {
  if (isAgreed) return;
  const { input, output } = streams;
  if (input.isTTY !== true)
    throw cannotRun(
      `fleet ${command}: what is deleted can't be had back, and nobody is here to confirm it. If it is meant, add --yes.`,
    );
  const [lines, ended] = [
    createInterface({ input, output, terminal: true }),
    new AbortController(),
  ];
  for (const event of ["SIGINT", "close"] as const) lines.once(event, () => ended.abort());
  try {
    const typed = await lines.question(`Type its name to delete it for good (${name}): `, {
      signal: ended.signal,
    });
    if (typed.trim() === name) return;
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    lines.close();
  }
  throw cannotRun(`fleet ${command}: that was not confirmed. Nothing was deleted.`);
};
