import { EngineError } from "../errors";
import type { Op } from "../events/events";
import { omit } from "../omit";
import { rootOf } from "../providers/diff";
import { type Difference, type Existing, PartlyMade } from "../providers/provider";
import type { Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { type Props, reveal } from "../values/value";
import type { Deployment } from "./deployment";
import { persisting } from "./hooks";
import { identical } from "./identical";
import { markSecrets } from "./mark";
import type { Planned } from "./planned";
import { UNKNOWN_ID } from "./providers";
import { step } from "./run";

export const existing = (resource: Resource): Existing => ({
  id: resource.id ?? "",
  inputs: reveal(resource.inputs) as Props,
  outputs: reveal(resource.outputs) as Props,
});
const now = (): string => new Date().toISOString();
export const diffed = (difference: Difference) => ({
  ...(difference.rough ? {} : { detailed: difference.detailed }),
  diffs: [...new Set(Object.keys(difference.detailed).map(rootOf))],
});

/** The provider's bare outputs as they are kept. */
export const outputsOf = ({ kind, old }: Planned, wanted: Resource, outputs: Props): Props =>
  markSecrets(kind, wanted, outputs, old?.outputs);

/** What was made takes its place. What it replaces goes with it or, where that still exists, is marked in the same moment: a state never holds two of one name. */
const settleMade = (
  { run: { journal } }: Deployment,
  { old }: Planned,
  op: Op,
  state: Resource,
): void => {
  const gone = old?.pendingReplacement || old?.external ? old : undefined;
  journal.settle({ made: state, ...(gone ? { old: gone } : {}) });
  if (op === "create-replacement" && old && !gone) journal.amend(old, { ...old, delete: true });
};

const made = async (deployment: Deployment, planned: Planned, op: Op): Promise<Resource> => {
  const { kind, wanted } = planned;
  const { run } = deployment;
  if (!kind) return { ...wanted, outputs: {} };
  const { urn, type, inputs, customTimeouts } = wanted;
  const clean = omit(wanted, "id", "created", "modified", "initErrors");
  if (run.options.dryRun) {
    const outputs = outputsOf(
      planned,
      clean,
      kind.preview?.(reveal(inputs) as Props) ?? (reveal(inputs) as Props),
    );
    return isProviderType(type) ? { ...clean, id: UNKNOWN_ID, outputs } : { ...clean, outputs };
  }
  try {
    const { id, outputs } = await persisting(
      deployment,
      wanted,
      "create",
      { newInputs: inputs },
      async () =>
        await kind.create(reveal(inputs) as Props, run.work(urn, type, customTimeouts?.create)),
    );
    return {
      ...clean,
      id,
      outputs: outputsOf(planned, clean, outputs),
      created: now(),
      modified: now(),
    };
  } catch (error) {
    if (!(error instanceof PartlyMade)) throw error;
    settleMade(deployment, planned, op, {
      ...clean,
      id: error.id,
      outputs: outputsOf(planned, clean, error.outputs),
      created: now(),
      modified: now(),
      initErrors: [error.message],
    });
    throw error;
  }
};

/** Makes a resource; `old` is what its making replaces in the state, if anything. */
export const applyCreate = async (
  deployment: Deployment,
  planned: Planned,
  op: Op = "create",
  logical = true,
  more: object = {},
): Promise<Resource> => {
  const { wanted, old } = planned;
  const { run } = deployment;
  let state = wanted;
  const asked = { newInputs: wanted.inputs };
  if (!planned.kind) {
    await deployment.hooks.run("BeforeCreate", wanted, asked);
    state = { ...wanted, outputs: {}, created: now(), modified: now() };
    run.journal.settle({ made: state });
    run.note(step(op, wanted.urn, { new: state }, { logical }));
    await run.journal.flush();
    return state;
  }
  const remembering = async (): Promise<Resource> => ({
    ...wanted,
    outputs:
      (await planned.kind!.before?.(
        reveal(wanted.inputs) as Props,
        run.work(wanted.urn, wanted.type),
      )) ?? {},
  });
  await run.perform(
    step(
      op,
      wanted.urn,
      { new: { ...wanted, outputs: {} }, ...(op === "create" ? {} : { old }) },
      { logical, ...more },
    ),
    isProviderType(wanted.type) ? null : "creating",
    remembering,
    async () => {
      await deployment.hooks.run("BeforeCreate", wanted, asked);
      state = await made(deployment, planned, op);
      settleMade(deployment, planned, op, state);
      await deployment.hooks.run("AfterCreate", state, { ...asked, newOutputs: state.outputs });
      return step(
        op,
        wanted.urn,
        { new: state, ...(op === "create" ? {} : { old }) },
        { logical, ...more },
      );
    },
  );
  return state;
};

export const applySame = async (
  deployment: Deployment,
  { wanted, old }: Planned,
): Promise<Resource> => {
  const { run } = deployment;
  const kept: Resource = wanted.custom ? { ...wanted, outputs: old!.outputs } : wanted;
  const { rest } = old!;
  const next = rest ? { ...kept, rest } : kept;
  const quiet = identical(old!, next);
  const state = quiet ? old! : next;
  run.journal.settle({ old, made: state, quiet });
  run.note(step("same", wanted.urn, { old, new: state }));
  await run.journal.flush();
  return state;
};

/** Changed in place. What was done of an update that failed is kept, with the reason. */
const updated = async (deployment: Deployment, planned: Planned): Promise<Props> => {
  const { run } = deployment;
  const { wanted, kind, old } = planned;
  const states = { newInputs: wanted.inputs, oldInputs: old!.inputs, oldOutputs: old!.outputs };
  try {
    return await persisting(
      deployment,
      wanted,
      "update",
      states,
      async () =>
        await kind!.update!(
          existing(old!),
          reveal(wanted.inputs) as Props,
          run.work(wanted.urn, wanted.type, wanted.customTimeouts?.update),
        ),
    );
  } catch (error) {
    if (error instanceof PartlyMade)
      run.journal.settle({
        old,
        made: {
          ...wanted,
          outputs: outputsOf(planned, wanted, error.outputs),
          modified: now(),
          initErrors: [error.message],
        },
      });
    throw error;
  }
};

export const applyUpdate = async (
  deployment: Deployment,
  planned: Planned,
  difference: Difference,
): Promise<Resource> => {
  const { wanted, kind } = planned;
  const old = planned.old!;
  const { run } = deployment;
  const details = diffed(difference);
  const asked = { newInputs: wanted.inputs, oldInputs: old.inputs, oldOutputs: old.outputs };
  let state = wanted;
  if (!kind) {
    await deployment.hooks.run("BeforeUpdate", wanted, asked);
    state = { ...wanted, modified: now() };
    run.journal.settle({ old, made: state });
    run.note(step("update", wanted.urn, { old, new: state }, details));
    await run.journal.flush();
    return state;
  }
  if (!kind.update)
    throw new EngineError(
      `${wanted.type}: an update in place of ${details.diffs.join(", ")} is not supported by the embedded engine`,
    );
  const clean = omit(wanted, "initErrors");
  await run.perform(
    step("update", wanted.urn, { old, new: wanted }, details),
    "updating",
    old,
    async () => {
      await deployment.hooks.run("BeforeUpdate", wanted, asked);
      const inputs = reveal(wanted.inputs) as Props;
      const outputs = run.options.dryRun
        ? (kind.preview?.(inputs, existing(old)) ?? {
            ...(reveal(old.outputs) as Props),
            ...inputs,
          })
        : await updated(deployment, planned);
      state = {
        ...clean,
        outputs: outputsOf(planned, wanted, outputs),
        ...(run.options.dryRun ? {} : { modified: now() }),
      };
      run.journal.settle({ old, made: state });
      await deployment.hooks.run("AfterUpdate", state, { ...asked, newOutputs: state.outputs });
      return step("update", wanted.urn, { old, new: state }, details);
    },
  );
  return state;
};

/** Takes over something that exists already: it has to be as the program says. */
export const applyImport = async (deployment: Deployment, planned: Planned): Promise<Resource> => {
  const { wanted, goal, kind, old } = planned;
  const { run } = deployment;
  const id = goal.importId!;
  if (old && old.id !== id)
    throw new EngineError(
      `resource '${wanted.urn}' exists already with id ${old.id ?? ""}; importing ${id} over it (import-replacement) is not supported by the embedded engine`,
    );
  if (!kind!.read) throw new EngineError(`resources of type ${wanted.type} can't be imported`);
  let state = wanted;
  await run.perform(step("import", wanted.urn, { new: wanted }), "importing", wanted, async () => {
    const found = await kind!.read!(
      { id, inputs: {}, outputs: {} },
      run.work(wanted.urn, wanted.type),
    );
    if (!found) throw new EngineError(`resource '${id}' does not exist`);
    const imported: Resource = {
      ...wanted,
      id: found.id,
      inputs: found.inputs,
      outputs: found.outputs,
    };
    const difference = kind!.diff(existing(imported), reveal(wanted.inputs) as Props);
    const paths = Object.keys(difference.detailed);
    if (paths.length > 0)
      throw new EngineError(
        `inputs to import do not match the existing resource: ${paths.map((path) => `[${path}]`).join(", ")} differ. Give them as they are, or name them in ignoreChanges.`,
      );
    state = {
      ...wanted,
      id: found.id,
      importID: id,
      outputs: outputsOf(planned, wanted, found.outputs),
      created: now(),
      modified: now(),
    };
    run.journal.settle({ made: state, ...(old ? { old } : {}) });
    return step("import", wanted.urn, { new: state });
  });
  return state;
};
