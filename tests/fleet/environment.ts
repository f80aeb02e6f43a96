/**
 * Jest's environment for tests on real machines: when a test fails, what was going on then is shown
 * and noted, before the next test or the clean-up changes it.
 */
import { appendFileSync } from "node:fs";

import { TestEnvironment } from "jest-environment-node";

import { gatherEvidence } from "./evidence";

/** Consequences of the first failures say the same again. */
const MOST = 3;

interface CircusEvent {
  readonly name: string;
  readonly test?: {
    readonly name: string;
    readonly parent: Block;
    readonly errors: readonly unknown[];
  };
}
interface Block {
  readonly name: string;
  readonly parent?: Block;
}

const titles = (block: Block | undefined): readonly string[] =>
  block === undefined || block.name === "ROOT_DESCRIBE_BLOCK"
    ? []
    : [...titles(block.parent), block.name];

export default class MachinesEnvironment extends TestEnvironment {
  #failed = 0;

  async handleTestEvent({ name, test }: CircusEvent): Promise<void> {
    const notes = process.env["SECOND_SERVER_TEST_NOTES"];
    if (
      name !== "test_done" ||
      !test ||
      test.errors.length === 0 ||
      ++this.#failed > MOST ||
      !notes
    )
      return;
    const lines = await gatherEvidence(process.env["FLEET_TEST_STATE"] ?? "");
    process.stdout.write(
      `${[`      When "${test.name}" failed:`, ...lines.map((line) => `      | ${line}`)].join("\n")}\n`,
    );
    appendFileSync(
      notes,
      `${JSON.stringify({ kind: "evidence", test: [...titles(test.parent), test.name].join(" › "), lines })}\n`,
    );
  }
}
