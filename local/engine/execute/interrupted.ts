import { messageOf } from "../errors";
import { existing } from "../plan/existing";
import { markSecrets } from "../plan/secrecy";
import type { PendingOperation } from "../state/checkpoint";
import { requirements, type Resource } from "../state/resource";
import { revealProps } from "../values/value";
import type { Deployment } from "./deployment";
import type { Run } from "./run";
import { now } from "./settle";

/** Looks for what an interrupted creation made, so that it is not made twice. */
const lookFor = async (
  { run, providers }: Deployment,
  { resource }: PendingOperation,
): Promise<Resource | undefined> => {
  const { journal } = run;
  const kind = providers.kindOf(resource);
  const work = run.work(resource.urn, resource.type);
  const id = await kind.find?.(revealProps(resource.inputs), work, revealProps(resource.outputs));
  const isKnown = ({ type, id: known }: Resource): boolean =>
    type === resource.type && known === id;
  if (id === undefined || journal.base.some(isKnown)) return undefined;
  const found = await kind.read?.({ ...existing(resource), id, outputs: {} }, work);
  if (!found) return undefined;
  const time = now();
  const flaw = await kind.unusable?.(found, work);
  return {
    ...resource,
    id: found.id,
    // Planned anew by what it wants of the provider.
    ...(flaw === undefined ? {} : { initErrors: [flaw] }),
    outputs: markSecrets(kind, resource, found.outputs),
    created: time,
    modified: time,
  };
};

/** Takes over what was made without being recorded, and says so. */
const adoptCreated = async (deployment: Deployment, operation: PendingOperation): Promise<void> => {
  const { journal, sink } = deployment.run;
  const { urn } = operation.resource;
  try {
    const found = await lookFor(deployment, operation);
    if (!found) return;
    journal.adopt(found);
    journal.forget(operation);
    sink.diagnostic(
      "info",
      `found what the interrupted creation had made (${found.id ?? ""}), and took it into the state`,
      urn,
    );
  } catch (error) {
    sink.diagnostic(
      "warning",
      `could not look for what the interrupted creation has made: ${messageOf(error)}`,
      urn,
    );
  }
};

/**
 * Reports what an earlier, interrupted run had under way, and takes over what it made without
 * recording it.
 */
export const recoverInterrupted = async (deployment: Deployment): Promise<void> => {
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
    await adoptCreated(deployment, operation);
  }
};

/**
 * What was made since, or was only being changed or deleted, needs no note any more. A creation
 * whose end nobody knows keeps its.
 */
export const forgetInterrupted = ({ journal }: Run): void => {
  for (const operation of journal.leftover) {
    if (
      operation.type !== "creating" ||
      journal.fresh.some(({ urn }) => urn === operation.resource.urn)
    )
      journal.forget(operation);
  }
};
