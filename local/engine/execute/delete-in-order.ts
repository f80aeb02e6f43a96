import { messageOf } from "../errors";
import { destructionOf, leftoversOf } from "../plan/deletions";
import { requirements, type Resource } from "../state/resource";
import { deleteOld } from "./delete";
import type { Deployment } from "./deployment";
import { StepFailed, StepSkipped, step } from "./run";

/** Whether it was deleted; a failure has been told then. */
const tryToDelete = async (deployment: Deployment, resource: Resource): Promise<boolean> => {
  try {
    await deleteOld(deployment, resource, resource.delete ? "delete-replaced" : "delete");
    return true;
  } catch (error) {
    if (!(error instanceof StepFailed || error instanceof StepSkipped))
      deployment.run.error(messageOf(error), resource.urn);
    return false;
  }
};

/**
 * Deletes these, each as soon as nothing that is left needs it, independent ones side by side. One
 * that fails keeps what it needs.
 */
const deleteInOrder = async (
  deployment: Deployment,
  resources: readonly Resource[],
): Promise<void> => {
  const { run, deleted } = deployment;
  for (const { urn } of resources) deleted.add(urn);
  const running = new Map<Resource, Promise<boolean>>();
  const deleteAfter = async (resource: Resource, users: readonly Resource[]): Promise<boolean> => {
    const results = await Promise.all(users.map(async (user) => await running.get(user)));
    if (results.includes(false) || run.stopping) {
      run.unmade.add(resource.urn);
      return false;
    }
    return await tryToDelete(deployment, resource);
  };
  // A user stands after what it needs: from the end, each finds its users' deletions begun.
  for (const [index, resource] of [...resources.entries()].reverse()) {
    const users = resources
      .slice(index + 1)
      .filter((other) => requirements(other).includes(resource.urn));
    running.set(resource, deleteAfter(resource, users));
  }
  await Promise.all(running.values());
};

/**
 * What the program no longer has, and what was replaced. Not called after a failure: what was not
 * registered may only not have been reached.
 */
export const deleteLeftovers = async (deployment: Deployment): Promise<void> => {
  const { run } = deployment;
  const { journal } = run;
  for (const resource of journal.base.filter(({ pendingReplacement }) => pendingReplacement)) {
    journal.settle({ old: resource });
    run.note(step("remove-pending-replace", resource.urn, { old: resource }, { logical: false }));
  }
  await journal.flush();
  await deleteInOrder(deployment, leftoversOf(journal.base, run));
};

/** `destroy`: everything, or the targets. */
export const deleteTargets = async (deployment: Deployment): Promise<void> => {
  const { run } = deployment;
  const destruction = destructionOf(run.journal.base, run);
  if ("resources" in destruction) {
    await deleteInOrder(deployment, destruction.resources);
    return;
  }
  const { urn } = destruction.blockedBy;
  run.error(
    `${urn} depends on what is to be deleted. Add --target-dependents, or name it with --target.`,
    urn,
  );
};
