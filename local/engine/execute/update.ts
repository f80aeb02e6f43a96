import { EngineError } from "../errors";
import type { Step } from "../events/events";
import { omit } from "../omit";
import { toldDifference } from "../plan/difference";
import { existing } from "../plan/existing";
import type { UpdateStep } from "../plan/planned-step";
import { type Kind, PartlyMade } from "../providers/provider";
import type { Resource } from "../state/resource";
import { type Props, revealProps } from "../values/value";
import type { Deployment } from "./deployment";
import type { HookStates } from "./hooks";
import { withRetries } from "./retry";
import { step } from "./run";
import { now, outputsOf } from "./settle";

type Update = NonNullable<Kind["update"]>;

const askedOf = ({ old, wanted }: UpdateStep): HookStates => ({
  newInputs: wanted.inputs,
  oldInputs: old.inputs,
  oldOutputs: old.outputs,
});

/** Changed in place. What was done of an update that failed is kept, with the reason. */
const updated = async (
  deployment: Deployment,
  planned: UpdateStep,
  update: Update,
): Promise<Props> => {
  const { run } = deployment;
  const { wanted, old } = planned;
  const { urn, type, inputs, customTimeouts } = wanted;
  try {
    return await withRetries(
      deployment,
      wanted,
      "update",
      askedOf(planned),
      async () =>
        await update(
          existing(old),
          revealProps(inputs),
          run.work(urn, type, customTimeouts?.update),
        ),
    );
  } catch (error) {
    if (error instanceof PartlyMade) {
      const outputs = outputsOf(planned, wanted, error.outputs);
      const made = { ...wanted, outputs, modified: now(), initErrors: [error.message] };
      run.journal.settle({ old, made });
    }
    throw error;
  }
};

/** In a preview: the outputs that can be told before, or the old ones with the inputs over them. */
const foreseen = (kind: Kind, { old, wanted }: UpdateStep): Props => {
  const inputs = revealProps(wanted.inputs);
  return kind.preview?.(inputs, existing(old)) ?? { ...revealProps(old.outputs), ...inputs };
};

const updateComponent = async (
  { run, hooks }: Deployment,
  planned: UpdateStep,
): Promise<Resource> => {
  const { old, wanted } = planned;
  await hooks.run("BeforeUpdate", wanted, askedOf(planned));
  const state = { ...wanted, modified: now() };
  run.journal.settle({ old, made: state });
  run.note(step("update", wanted.urn, { old, new: state }, toldDifference(planned.difference)));
  await run.journal.flush();
  return state;
};

export const executeUpdate = async (
  deployment: Deployment,
  planned: UpdateStep,
): Promise<Resource> => {
  const { kind, old, wanted, difference } = planned;
  if (!kind) return await updateComponent(deployment, planned);
  const { run, hooks } = deployment;
  const told = toldDifference(difference);
  const stepTo = (state: Resource): Step => step("update", wanted.urn, { old, new: state }, told);
  const update = kind.update?.bind(kind);
  if (!update)
    throw new EngineError(
      `${wanted.type}: an update in place of ${told.diffs.join(", ")} is not supported by the embedded engine`,
    );
  let state = wanted;
  await run.perform({
    step: stepTo(wanted),
    pending: { type: "updating", resource: old },
    action: async () => {
      await hooks.run("BeforeUpdate", wanted, askedOf(planned));
      const { dryRun } = run.options;
      const outputs = dryRun ? foreseen(kind, planned) : await updated(deployment, planned, update);
      state = {
        ...omit(wanted, "initErrors"),
        outputs: outputsOf(planned, wanted, outputs),
        ...(dryRun ? {} : { modified: now() }),
      };
      run.journal.settle({ old, made: state });
      await hooks.run("AfterUpdate", state, { ...askedOf(planned), newOutputs: state.outputs });
      return stepTo(state);
    },
  });
  return state;
};
