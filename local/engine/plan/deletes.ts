import { messageOf } from "../errors";
import type { Op } from "../events/events";
import { requirements, type Resource } from "../state/resource";
import { deleteOld } from "./delete";
import type { Deployment } from "./deployment";
import { StepFailed, StepSkipped, step } from "./run";
import { isTargeted } from "./targets";

/** Deletes `doomed`, each as soon as nothing that is left needs it, independent ones side by side. One that fails keeps what it needs. */
const deleteInOrder = async (
  deployment: Deployment,
  doomed: readonly Resource[],
  opOf: (resource: Resource) => Op,
): Promise<void> => {
  const { run } = deployment;
  const running = new Map<Resource, Promise<boolean>>();
  for (let index = doomed.length - 1; index >= 0; index--) {
    const resource = doomed[index]!;
    const users = doomed
      .slice(index + 1)
      .filter((other) => requirements(other).includes(resource.urn));
    running.set(
      resource,
      (async () => {
        const results = await Promise.all(users.map((user) => running.get(user)));
        if (results.includes(false) || run.stopping) {
          run.unmade.add(resource.urn);
          return false;
        }
        try {
          await deleteOld(deployment, resource, opOf(resource));
          return true;
        } catch (error) {
          if (!(error instanceof StepFailed || error instanceof StepSkipped))
            run.error(messageOf(error), resource.urn);
          return false;
        }
      })(),
    );
  }
  await Promise.all(running.values());
};

/** What the program no longer has, and what was replaced. Not called after a failure: what was not registered may only not have been reached. */
export const deleteLeftovers = async (deployment: Deployment): Promise<void> => {
  const { run } = deployment;
  for (const resource of run.journal.base.filter(({ pendingReplacement }) => pendingReplacement)) {
    run.journal.settle({ old: resource });
    run.note(step("remove-pending-replace", resource.urn, { old: resource }, { logical: false }));
  }
  await run.journal.flush();
  const doomed = run.journal.base
    .filter((resource) => resource.delete || isTargeted(run, resource.urn, resource))
    .filter((resource) => resource.delete || run.options.targets.size === 0 || resource.custom);
  await deleteAll(deployment, doomed);
};

const deleteAll = async (deployment: Deployment, doomed: readonly Resource[]): Promise<void> => {
  for (const { urn } of doomed) deployment.gone.add(urn);
  await deleteInOrder(deployment, doomed, (resource) =>
    resource.delete ? "delete-replaced" : "delete",
  );
};

/** `destroy`: everything, or the targets, which can't be deleted while something needs them. */
export const deleteTargets = async (deployment: Deployment): Promise<void> => {
  const { run } = deployment;
  const { targets, targetDependents } = run.options;
  const { base } = run.journal;
  const doomed = new Set(
    base.filter(
      (each) =>
        targets.size === 0 ||
        (each.custom && isTargeted(run, each.urn, each) && !each.type.startsWith("pulumi:")),
    ),
  );
  for (const each of base) {
    if (
      targets.size === 0 ||
      doomed.has(each) ||
      !requirements(each).some((urn) => [...doomed].some((other) => other.urn === urn))
    )
      continue;
    if (!targetDependents) {
      run.error(
        `${each.urn} depends on what is to be deleted. Add --target-dependents, or name it with --target.`,
        each.urn,
      );
      return;
    }
    doomed.add(each);
  }
  await deleteAll(
    deployment,
    base.filter((each) => doomed.has(each)),
  );
};
