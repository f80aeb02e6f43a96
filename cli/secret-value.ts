import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

import { cannotRun } from "./errors";

/** As text; one newline at the end is the pipe's (`echo`, an editor), not the value's. */
export const valueOf = (bytes: Uint8Array): string => {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw cannotRun(
      "fleet secret: what came from standard input is not UTF-8 text. Encode it first, with base64 for instance.",
    );
  }
  return text.replace(/\r?\n$/, "");
};

/** All of standard input. */
const piped = async (): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return valueOf(Buffer.concat(chunks));
};

/** One line of the terminal, which does not show it. */
const prompted = async (name: string): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const interrupted = new AbortController();
  lines.once("SIGINT", () => interrupted.abort());
  process.stderr.write(`${name} (not shown): `);
  try {
    return await lines.question("", { signal: interrupted.signal });
  } catch (error) {
    if (interrupted.signal.aborted)
      throw cannotRun("\nfleet secret: interrupted; nothing was set.");
    throw error;
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
};

/**
 * The value from the command line, from standard input ("-", or left out and piped), or from a
 * prompt.
 */
export const readSecret = async (name: string, given: string | undefined): Promise<string> => {
  const typed = given === undefined && process.stdin.isTTY;
  const value =
    given !== undefined && given !== "-" ? given : await (typed ? prompted(name) : piped());
  if (value === "")
    throw cannotRun(
      `fleet secret: the value of ${name} is empty. To take a secret away: ./fleet secret rm ${name}`,
    );
  return value;
};
