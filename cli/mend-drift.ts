import { createInterface } from "node:readline/promises";

import { changedCount } from "./engine/events";
import { failed } from "./errors";
import { unwellText } from "./report-up";
import type { UpResult } from "./up";

export interface Mending {
  /**
   * The whole way from manifest to proof, told when it has ended; `more`: further arguments for the
   * engine.
   */
  readonly bringUp: (more: readonly string[]) => Promise<UpResult>;
  /** What is really there has been looked at already. */
  readonly refreshed: boolean;
  readonly stack: string;
  /** Asks the person at the terminal, once; undefined where nobody is there. */
  readonly ask?: (question: string) => Promise<string>;
}

const QUESTION =
  "Nothing was to change, and still not every service is well: something may have been changed or deleted outside (a record, the domain, a firewall). Look at what is really there, and put it back? [Y/n] ";
const agrees = (answer: string): boolean => /^\s*(y|yes|)\s*$/i.test(answer);

/** Somebody who can be asked: not in a pipe, a script or a CI. */
export const personAtTerminal = (json: boolean): Mending["ask"] =>
  process.stdin.isTTY && process.stdout.isTTY && !json && !process.env["CI"]
    ? async (question) => {
        const lines = createInterface({ input: process.stdin, output: process.stdout });
        try {
          return await lines.question(question);
        } finally {
          lines.close();
        }
      }
    : undefined;

/**
 * An engine takes its state for what is there, so what somebody deleted by hand shows only in the
 * proof: asked, once, this looks at the cloud and mends it. Rejects where services stay unwell.
 */
export const upAndMend = async ({ bringUp, refreshed, stack, ask }: Mending): Promise<void> => {
  const { engine, verification } = await bringUp([]);
  if (verification.ok) return;
  const mayHaveDrifted = !refreshed && changedCount(engine.changes) === 0;
  if (!mayHaveDrifted || ask === undefined || !agrees(await ask(QUESTION)))
    throw failed(
      refreshed ? "fleet up: not every service is well; see the table." : unwellText(engine, stack),
    );
  const mended = await bringUp(["--refresh"]);
  if (!mended.verification.ok) throw failed("fleet up: not every service is well; see the table.");
};
