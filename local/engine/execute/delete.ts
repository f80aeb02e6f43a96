import { EngineError } from "../errors";
import type { Op } from "../events/events";
import { existing } from "../plan/existing";
import type { Resource } from "../state/resource";
import { isProviderType } from "../urn";
import type { Deployment } from "./deployment";
import { withRetries } from "./retry";
import { step } from "./run";

/** A deletion for itself, or as a part of a replacement. */
export type DeleteOp = "delete" | "delete-replaced";

const protectedText = (urn: string): string =>
  `resource "${urn}" cannot be deleted\n` +
  `because it is protected. To unprotect the resource, either remove the \`protect\` ` +
  `flag from the resource in your Pulumi program and run \`pulumi up\`, or use the ` +
  "command:\n" +
  `\`pulumi state unprotect '${urn}'\``;

/** What the program has only read is not deleted, but let go. */
const toldAs = ({ external }: Resource, op: DeleteOp): Op => {
  if (!external) return op;
  return op === "delete" ? "discard" : "discard-replaced";
};

/** What goes with its host, is to be kept, or is only planned, is not asked of the provider. */
const deleteThere = async (deployment: Deployment, old: Resource): Promise<void> => {
  const { run, providers, deleted } = deployment;
  const withHost = old.deletedWith !== undefined && deleted.has(old.deletedWith);
  if (run.options.dryRun || old.retainOnDelete || withHost) return;
  const kind = providers.kindOf(old);
  await withRetries(
    deployment,
    old,
    "delete",
    { oldInputs: old.inputs, oldOutputs: old.outputs },
    async () =>
      await kind.delete?.(existing(old), run.work(old.urn, old.type, old.customTimeouts?.delete)),
  );
};

/**
 * Deletes one resource of the old state; `instead` stays in the state in its place (a replacement
 * that is still to come).
 */
export const deleteOld = async (
  deployment: Deployment,
  old: Resource,
  op: DeleteOp,
  instead?: Resource,
): Promise<void> => {
  const { run, hooks } = deployment;
  const { journal } = run;
  const forget = (): void => {
    if (instead) journal.amend(old, instead);
    else journal.settle({ old });
  };
  const told = step(toldAs(old, op), old.urn, { old }, { logical: op === "delete" });
  if (!old.custom || old.external || isProviderType(old.type)) {
    await run.perform({ step: told, action: forget });
    return;
  }
  const states = { oldInputs: old.inputs, oldOutputs: old.outputs };
  await run.perform({
    step: told,
    pending: { type: "deleting", resource: old },
    action: async () => {
      if (old.protect && !old.delete) throw new EngineError(protectedText(old.urn));
      await hooks.run("BeforeDelete", old, states);
      await deleteThere(deployment, old);
      forget();
      await hooks.run("AfterDelete", old, states);
    },
  });
};
