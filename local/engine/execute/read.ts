import { EngineError } from "../errors";
import type { Step } from "../events/events";
import type { ReadGoal, Registered } from "../plan/goal";
import { identical } from "../plan/identical";
import { refuseProtected } from "../plan/replacement";
import { markSecrets } from "../plan/secrecy";
import type { Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import { UNKNOWN_TEXTS } from "../values/signatures";
import { hasUnknown, revealProps } from "../values/value";
import type { Deployment } from "./deployment";
import { type Run, step } from "./run";

const wantedState = (goal: ReadGoal, urn: string, provider: string): Resource => ({
  urn,
  type: goal.type,
  custom: true,
  id: goal.id,
  inputs: goal.inputs,
  outputs: {},
  external: true,
  dependencies: goal.dependencies,
  propertyDependencies: {},
  provider,
  ...(goal.sourcePosition ? { sourcePosition: goal.sourcePosition } : {}),
  ...(goal.stackTrace ? { stackTrace: goal.stackTrace } : {}),
  ...(goal.parent ? { parent: goal.parent } : {}),
  ...(goal.additionalSecretOutputs.length > 0
    ? { additionalSecretOutputs: goal.additionalSecretOutputs }
    : {}),
});

/**
 * What the state has under that name, and whether the stack has made it, as another thing: then it
 * is replaced.
 */
interface Before {
  readonly old?: Resource;
  readonly replaced: boolean;
}

const settleRead = ({ journal }: Run, { old, replaced }: Before, state: Resource): void => {
  const quiet = old !== undefined && identical(old, state);
  journal.settle({
    ...(old && !replaced ? { old } : {}),
    made: quiet ? old : state,
    quiet,
  });
  if (old && replaced) journal.amend(old, { ...old, delete: true });
};

const readExisting = async (
  run: Run,
  kind: Kind,
  wanted: Resource,
  old: Resource | undefined,
): Promise<Resource> => {
  const { urn, type, id = "", inputs } = wanted;
  const found = await kind.read?.(
    { id, inputs: revealProps(inputs), outputs: {} },
    run.work(urn, type),
  );
  if (!found) throw new EngineError(`resource '${id}' does not exist`);
  const outputs = markSecrets(kind, wanted, found.outputs, old?.outputs);
  return { ...wanted, id: found.id, outputs };
};

/**
 * Reads a resource that the program only looks at. It is kept in the state as external, and never
 * changed or deleted.
 * What the stack itself has made under that name is let go where it is the same thing, and deleted
 * at the end where it is another.
 */
export const readResource = async (
  deployment: Deployment,
  goal: ReadGoal,
  urn: string,
  provider: string,
): Promise<Registered> => {
  const { run } = deployment;
  const { type, id, inputs } = goal;
  const kind = deployment.providers.kind(provider, type);
  if (!kind.read) throw new EngineError(`resources of type ${type} can't be read`);
  if (UNKNOWN_TEXTS.has(id) || hasUnknown(inputs)) return { urn, outputs: {}, result: "success" };
  const old = run.journal.base.find((each) => each.urn === urn && !each.delete);
  if (run.options.destroying && old)
    return { urn, id: old.id, outputs: old.outputs, result: "success" };
  const before: Before = { old, replaced: old !== undefined && !old.external && old.id !== id };
  if (old && before.replaced) refuseProtected(old);
  const wanted = wantedState(goal, urn, provider);
  const stepTo = (state: Resource): Step =>
    step(before.replaced ? "read-replacement" : "read", urn, {
      new: state,
      ...(old ? { old } : {}),
    });
  let state = wanted;
  await run.perform({
    step: stepTo(wanted),
    action: async () => {
      state = await readExisting(run, kind, wanted, old);
      settleRead(run, before, state);
      return stepTo(state);
    },
  });
  deployment.current.set(urn, state);
  return { urn, id: state.id, outputs: state.outputs, result: "success" };
};
