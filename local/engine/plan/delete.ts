import { EngineError } from "../errors";
import type { Op } from "../events/events";
import type { Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { existing } from "./apply";
import type { Deployment } from "./deployment";
import { persisting } from "./hooks";
import { kindOf } from "./planned";
import { step } from "./run";

const protectedText = (urn: string): string =>
  `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``;

/** Deletes one resource of the old state; `instead` stays in the state in its place (a replacement that is still to come). */
export const deleteOld = async (
  deployment: Deployment,
  old: Resource,
  op: Op,
  instead?: Resource,
): Promise<void> => {
  const { run } = deployment;
  const forget = async (): Promise<void> => {
    if (instead) run.journal.amend(old, instead);
    else run.journal.settle({ old });
  };
  const states = { oldInputs: old.inputs, oldOutputs: old.outputs };
  const logical = op === "delete" || op === "discard";
  if (!old.custom || old.external || isProviderType(old.type)) {
    await run.perform(
      step(
        old.external ? (op === "delete" ? "discard" : "discard-replaced") : op,
        old.urn,
        { old },
        { logical },
      ),
      null,
      old,
      forget,
    );
    return;
  }
  await run.perform(step(op, old.urn, { old }, { logical }), "deleting", old, async () => {
    if (old.protect && !old.delete) throw new EngineError(protectedText(old.urn));
    await deployment.hooks.run("BeforeDelete", old, states);
    // What goes with its host, or is to be kept, is only forgotten.
    const withHost = old.deletedWith !== undefined && deployment.gone.has(old.deletedWith);
    if (!run.options.dryRun && !old.retainOnDelete && !withHost) {
      const kind = kindOf(deployment, old.provider, old.type);
      await persisting(
        deployment,
        old,
        "delete",
        states,
        async () =>
          await kind.delete?.(
            existing(old),
            run.work(old.urn, old.type, old.customTimeouts?.delete),
          ),
      );
    }
    await forget();
    await deployment.hooks.run("AfterDelete", old, states);
  });
};
