import {
  AGREEMENT_FLAGS,
  agreementFlags,
  type RestoreAgreement,
  type RestorePlan,
} from "@second-server/contract/backups";
import { messageOf } from "@second-server/contract/caught";
import { z } from "zod";

import { instantOf } from "./compromised";
import { cannotRun, failed } from "./errors";
import { ageText } from "./last-backup";

export interface Asked {
  readonly agreed: RestoreAgreement;
  /** The same command again, for a remedy: with the options that it was given. */
  readonly command: string;
  /** Why no last backup could be taken of a primary that is still there, and will be deleted. */
  readonly complaint?: string;
  /** Runs the agent's command on the watcher; rejects where that does not answer. */
  readonly ask: (words: readonly string[]) => Promise<string>;
  readonly say: (text: string) => void;
}

const texts = z.array(z.string());
const planSchema = z.object({
  items: z.array(
    z.object({
      item: z.string(),
      id: z.string(),
      at: z.string(),
      live: z.literal(true).optional(),
      doubts: texts.optional(),
    }),
  ),
  passedOver: texts,
  lost: texts,
  refused: z.string().optional(),
  revokes: z.boolean().optional(),
});

/** Names and texts go back to what the primary once gave: none may move the terminal's cursor. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, "?");

/**
 * Item by item: what comes of which backup, how old, and what is wrong with it or does not come at
 * all.
 */
export const planLines = (plan: RestorePlan, now: number = Date.now()): readonly string[] =>
  [
    ...plan.passedOver.map((line) => `  passed over: ${line}`),
    ...plan.items.map(
      ({ item, id, at, live, doubts = [] }) =>
        `  ${item}: of ${live ? "the live copy " : ""}${id} (${ageText(at, now)})${doubts.length > 0 ? `, doubtful: ${doubts.join("; ")}` : ""}`,
    ),
    ...plan.lost.map((item) => `  ${item}: no backup that may be used has it whole, it is lost`),
  ].map(printable);

const remedyOf = (plan: RestorePlan, { agreed, command }: Asked): string => {
  const remedies = [
    ...(plan.items.length > 0 && !agreed.partial
      ? [`To restore what is whole, and lose the rest: ${command} ${AGREEMENT_FLAGS.partial}`]
      : []),
    ...(plan.passedOver.length > 0 && !agreed.doubtful
      ? [`To take backups that are only doubtful too: ${command} ${AGREEMENT_FLAGS.doubtful}`]
      : []),
  ];
  return remedies.length > 0
    ? remedies.join("\n")
    : "How to begin without data: docs/runbooks/primary-lost.md";
};

/**
 * The agreement goes with the question and is written down each time, also that there is none: one
 * that was given to an earlier attempt does not hold for this one.
 */
const askPlan = async ({ agreed, ask }: Asked): Promise<RestorePlan | { readonly why: string }> => {
  try {
    const answer = await ask(["backup", "plan", ...agreementFlags(agreed), "--agree", "--json"]);
    return planSchema.parse(JSON.parse(answer));
  } catch (error) {
    return { why: messageOf(error) };
  }
};

/**
 * Where the watcher does not answer, its agent still refuses by itself what may not be restored;
 * but it has not heard of an agreement.
 */
const unanswered = (why: string, { agreed, command, complaint, say }: Asked): void => {
  if (complaint !== undefined)
    throw failed(
      `fleet recover: a last backup of the primary could not be taken, and the watcher does not say what it has: the data would be lost. Nothing was touched. To begin without it, delete the droplet yourself and run ./fleet recover primary.\n  ${complaint}\n  ${why}`,
    );
  const flags = agreementFlags(agreed);
  if (flags.length > 0)
    throw failed(
      `fleet recover: the watcher could not be told of ${flags.join(" and ")}. Nothing was touched. When it answers (./fleet ssh watcher -- true), again: ${command}\n  ${why}`,
    );
  say(
    `What will be restored could not be asked of the watcher, which refuses by itself what is not whole: ${why}`,
  );
};

/** An agent of before passes over words that it does not know, and would restore what must not be. */
const refuseOldAgent = (
  plan: RestorePlan,
  { agreed: { compromised = false, before } }: Asked,
): void => {
  const isLate = plan.items.some(({ id }) => before !== undefined && instantOf(id) > before);
  if (isLate || (compromised && plan.revokes !== true))
    throw cannotRun(
      "fleet recover: the watcher's agent is of an earlier release, which does not know --compromised and --at. Nothing was touched. Bring it up to date first: ./fleet up",
    );
};

/**
 * Before a primary is made anew: says what it will get, has the owner's agreement written down for
 * the restore, and rejects where nothing may be restored.
 */
export const clearRestore = async (asked: Asked): Promise<void> => {
  const plan = await askPlan(asked);
  if ("why" in plan) {
    unanswered(plan.why, asked);
    return;
  }
  refuseOldAgent(plan, asked);
  const { complaint, say } = asked;
  if (plan.items.length === 0 && plan.refused === undefined) {
    if (complaint !== undefined)
      throw failed(
        `fleet recover: a last backup of the primary could not be taken, and the watcher has no other: its data would be lost. Nothing was touched. To begin without it, delete the droplet yourself and run ./fleet recover primary.\n  ${complaint}`,
      );
    say("The watcher has no backup yet: the new primary begins without data.");
    return;
  }
  if (complaint !== undefined)
    say(`A last backup of the primary could not be taken, so older ones are used: ${complaint}`);
  say(["What is restored:", ...planLines(plan)].join("\n"));
  if (plan.refused !== undefined)
    throw cannotRun(
      `fleet recover: ${plan.refused.split("\n", 1).join("")}. Nothing was touched.\n${remedyOf(plan, asked)}`,
    );
};
