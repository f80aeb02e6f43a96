/**
 * Writes as a visitor does, one comment after the other, and says which were taken. A program of
 * its own, because it has to run inside the lab's network: `node writer.ts ORDER` with a
 * `WriterOrder` as JSON; a line `{"n": 1, "at": milliseconds}` on standard output for each that was
 * acknowledged. It ends when its standard input does.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { probe } from "../cli/verify/prober";

export interface WriterOrder {
  /** Where comments are posted. */
  readonly url: string;
  /** The page that they are of. */
  readonly page: string;
  readonly everyMs: number;
  /** PEM file whose certificates alone are trusted; absent: the system's. */
  readonly ca?: string;
}

const PROBE_MS = 5000;

const main = async (): Promise<void> => {
  const { url, page, everyMs, ca } = JSON.parse(process.argv[2] ?? "") as WriterOrder;
  const trusted = ca === undefined ? undefined : readFileSync(ca, "utf8");
  let over = false;
  process.stdin.on("end", () => (over = true)).resume();
  for (let n = 1; !over; n++) {
    const post = { page, author: "drill", text: String(n) };
    const { ok } = await probe({ name: "write", url, status: 201, post }, trusted, PROBE_MS);
    if (ok) process.stdout.write(`${JSON.stringify({ n, at: Date.now() })}\n`);
    await sleep(everyMs);
  }
};

main().catch((error: unknown) => {
  console.error(`writer: ${String(error)}`);
  process.exitCode = 2;
});
