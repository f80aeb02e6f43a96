import type { Step } from "../events/events";
import { omit } from "../omit";
import type { CreateStep } from "../plan/planned-step";
import { type Kind, PartlyMade } from "../providers/provider";
import type { Resource } from "../state/resource";
import { isProviderType, UNKNOWN_ID } from "../urn";
import { revealProps } from "../values/value";
import type { Deployment } from "./deployment";
import { withRetries } from "./retry";
import { step } from "./run";
import { now, outputsOf } from "./settle";

/** How a creation is told: for itself, or as a part of a replacement. */
interface Told {
  readonly op: "create" | "create-replacement";
  readonly more: Partial<Step>;
}

/** A custom resource to be made: what executing needs beside the deployment. */
interface Creation {
  readonly kind: Kind;
  readonly old?: Resource;
  readonly wanted: Resource;
  readonly told: Told;
}

/**
 * What was made takes its place. What it replaces goes with it or, where that still exists, is
 * marked in the same moment: a state never holds two of one name.
 */
const settleMade = (
  { run: { journal } }: Deployment,
  { old, told }: Creation,
  state: Resource,
): void => {
  const gone = old?.pendingReplacement || old?.external ? old : undefined;
  journal.settle({ made: state, ...(gone ? { old: gone } : {}) });
  if (told.op === "create-replacement" && old && !gone)
    journal.amend(old, { ...old, delete: true });
};

/** In a preview: as much of the outputs as can be told before. */
const foreseen = (creation: Creation, clean: Resource): Resource => {
  const { kind, wanted } = creation;
  const inputs = revealProps(wanted.inputs);
  const outputs = outputsOf(creation, clean, kind.preview?.(inputs) ?? inputs);
  return isProviderType(wanted.type)
    ? { ...clean, id: UNKNOWN_ID, outputs }
    : { ...clean, outputs };
};

const made = async (deployment: Deployment, creation: Creation): Promise<Resource> => {
  const { kind, wanted } = creation;
  const { run } = deployment;
  const { urn, type, inputs, customTimeouts } = wanted;
  const clean = omit(wanted, "id", "created", "modified", "initErrors");
  if (run.options.dryRun) return foreseen(creation, clean);
  try {
    const { id, outputs } = await withRetries(
      deployment,
      wanted,
      "create",
      { newInputs: inputs },
      async () =>
        await kind.create(revealProps(inputs), run.work(urn, type, customTimeouts?.create)),
    );
    return {
      ...clean,
      id,
      outputs: outputsOf(creation, clean, outputs),
      created: now(),
      modified: now(),
    };
  } catch (error) {
    if (!(error instanceof PartlyMade)) throw error;
    settleMade(deployment, creation, {
      ...clean,
      id: error.id,
      outputs: outputsOf(creation, clean, error.outputs),
      created: now(),
      modified: now(),
      initErrors: [error.message],
    });
    throw error;
  }
};

const createComponent = async ({ run, hooks }: Deployment, wanted: Resource): Promise<Resource> => {
  await hooks.run("BeforeCreate", wanted, { newInputs: wanted.inputs });
  const state = { ...wanted, outputs: {}, created: now(), modified: now() };
  run.journal.settle({ made: state });
  run.note(step("create", wanted.urn, { new: state }));
  await run.journal.flush();
  return state;
};

/** Makes a custom resource. */
export const createCustom = async (
  deployment: Deployment,
  creation: Creation,
): Promise<Resource> => {
  const { kind, old, wanted, told } = creation;
  const { run, hooks } = deployment;
  const { urn, type, inputs } = wanted;
  const stepWith = (state: Resource): Step =>
    step(told.op, urn, { new: state, ...(told.op === "create" ? {} : { old }) }, told.more);
  // Written down before the creation: what tells, should it be interrupted, which of what exists
  // then is new.
  const remembered = async (): Promise<Resource> => ({
    ...wanted,
    outputs: (await kind.before?.(revealProps(inputs), run.work(urn, type))) ?? {},
  });
  let state = wanted;
  await run.perform({
    step: stepWith({ ...wanted, outputs: {} }),
    ...(isProviderType(type) ? {} : { pending: { type: "creating", resource: remembered } }),
    action: async () => {
      await hooks.run("BeforeCreate", wanted, { newInputs: inputs });
      state = await made(deployment, creation);
      settleMade(deployment, creation, state);
      await hooks.run("AfterCreate", state, { newInputs: inputs, newOutputs: state.outputs });
      return stepWith(state);
    },
  });
  return state;
};

export const executeCreate = async (
  deployment: Deployment,
  { kind, old, wanted }: CreateStep,
): Promise<Resource> =>
  kind
    ? await createCustom(deployment, { kind, old, wanted, told: { op: "create", more: {} } })
    : await createComponent(deployment, wanted);
