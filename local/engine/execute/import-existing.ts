import { EngineError } from "../errors";
import { existing } from "../plan/existing";
import type { ImportStep } from "../plan/planned-step";
import type { Existing } from "../providers/provider";
import type { Resource } from "../state/resource";
import { revealProps } from "../values/value";
import type { Deployment } from "./deployment";
import { step } from "./run";
import { now, outputsOf } from "./settle";

/** What is there has to be as the program says. */
const refuseDifference = ({ kind, wanted }: ImportStep, found: Existing): void => {
  const imported: Resource = { ...wanted, ...found };
  const paths = Object.keys(kind.diff(existing(imported), revealProps(wanted.inputs)).detailed);
  if (paths.length > 0)
    throw new EngineError(
      "inputs to import do not match the existing resource: " +
        `${paths.map((path) => `[${path}]`).join(", ")} differ. Give them as they are, or ` +
        "name them in ignoreChanges.",
    );
};

/** Takes over something that exists already. */
export const executeImport = async (
  { run }: Deployment,
  planned: ImportStep,
): Promise<Resource> => {
  const { wanted, kind, old, id } = planned;
  const { urn, type } = wanted;
  if (old && old.id !== id)
    throw new EngineError(
      `resource '${urn}' exists already with id ${old.id ?? ""}; importing ${id} over it ` +
        "(import-replacement) is not supported by the embedded engine",
    );
  if (!kind.read) throw new EngineError(`resources of type ${type} can't be imported`);
  let state = wanted;
  await run.perform({
    step: step("import", urn, { new: wanted }),
    pending: { type: "importing", resource: wanted },
    action: async () => {
      const found = await kind.read?.({ id, inputs: {}, outputs: {} }, run.work(urn, type));
      if (!found) throw new EngineError(`resource '${id}' does not exist`);
      refuseDifference(planned, found);
      state = {
        ...wanted,
        id: found.id,
        importID: id,
        outputs: outputsOf(planned, wanted, found.outputs),
        created: now(),
        modified: now(),
      };
      run.journal.settle({ made: state, ...(old ? { old } : {}) });
      return step("import", urn, { new: state });
    },
  });
  return state;
};
