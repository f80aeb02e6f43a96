import { messageOf } from "../errors";
import type { PendingOperation } from "../state/deployment";
import { requirements, type Resource } from "../state/resource";
import { type Props, reveal } from "../values/value";
import { existing } from "./apply";
import type { Deployment } from "./deployment";
import { markSecrets } from "./mark";
import { kindOf } from "./planned";
import type { Run } from "./run";

/** Looks for what an interrupted creation made, so that it is not made twice. */
const lookFor = async (
  deployment: Deployment,
  { resource }: PendingOperation,
): Promise<Resource | null> => {
  const { run } = deployment;
  const kind = kindOf(deployment, resource.provider, resource.type);
  const work = run.work(resource.urn, resource.type);
  const id = await kind.find?.(
    reveal(resource.inputs) as Props,
    run.journal.readAt,
    work,
    reveal(resource.outputs) as Props,
  );
  if (
    id === undefined ||
    run.journal.base.some((each) => each.type === resource.type && each.id === id)
  )
    return null;
  const found = await kind.read?.({ ...existing(resource), id, outputs: {} }, work);
  if (!found) return null;
  const now = new Date().toISOString();
  return {
    ...resource,
    id: found.id,
    outputs: markSecrets(kind, resource, found.outputs),
    created: now,
    modified: now,
  };
};

/** Reports what an earlier, interrupted run had under way, and takes over what it made without recording it. */
export const recoverPending = async (deployment: Deployment): Promise<void> => {
  const { journal, sink } = deployment.run;
  const left = journal.leftover;
  if (left.length === 0) return;
  const lines = left.map(({ type, resource }) => `  * ${resource.urn}, interrupted while ${type}`);
  sink.diagnostic(
    "warning",
    `Attempting to deploy or update resources with ${left.length} pending operations from previous deployment.\n${lines.join("\n")}`,
  );
  for (const operation of left.filter(({ type }) => type === "creating")) {
    const { resource } = operation;
    const known = new Set(journal.base.map(({ urn }) => urn));
    if (known.has(resource.urn) || !requirements(resource).every((urn) => known.has(urn))) continue;
    try {
      const found = await lookFor(deployment, operation);
      if (!found) continue;
      journal.adopt(found);
      journal.forget(operation);
      sink.diagnostic(
        "info",
        `found what the interrupted creation had made (${found.id ?? ""}), and took it into the state`,
        resource.urn,
      );
    } catch (error) {
      sink.diagnostic(
        "warning",
        `could not look for what the interrupted creation has made: ${messageOf(error)}`,
        resource.urn,
      );
    }
  }
};

/** What was made since, or was only being changed or deleted, needs no note any more. A creation whose end nobody knows keeps its. */
export const forgetPending = ({ journal }: Run): void => {
  for (const operation of journal.leftover) {
    if (
      operation.type !== "creating" ||
      journal.fresh.some(({ urn }) => urn === operation.resource.urn)
    )
      journal.forget(operation);
  }
};
