import { identical } from "../plan/identical";
import type { LeaveOutStep, PlannedStep, RetainStep, SameStep } from "../plan/planned-step";
import type { Resource } from "../state/resource";
import { executeCreate } from "./create";
import type { Deployment } from "./deployment";
import { executeImport } from "./import-existing";
import { executeReplace } from "./replace";
import { step } from "./run";
import { executeUpdate } from "./update";

/** Only the state's notes may change: what a newer CLI has added to them is carried along. */
const executeSame = async ({ run }: Deployment, { wanted, old }: SameStep): Promise<Resource> => {
  const { rest } = old;
  const next: Resource = {
    ...wanted,
    ...(wanted.custom ? { outputs: old.outputs } : {}),
    ...(rest ? { rest } : {}),
  };
  const quiet = identical(old, next);
  const state = quiet ? old : next;
  run.journal.settle({ old, made: state, quiet });
  run.note(step("same", wanted.urn, { old, new: state }));
  await run.journal.flush();
  return state;
};

const executeRetain = ({ run }: Deployment, { old, wanted }: RetainStep): Resource => {
  run.journal.amend(old, wanted, true);
  run.note(step("same", wanted.urn, { old: wanted, new: wanted }));
  return wanted;
};

const executeLeaveOut = ({ run, leftOut }: Deployment, { wanted }: LeaveOutStep): Resource => {
  leftOut.add(wanted.urn);
  run.note(step("same", wanted.urn, { new: wanted }));
  return wanted;
};

/** Carries out what was planned, and resolves with the resource's new state. */
export const executeStep = async (
  deployment: Deployment,
  planned: PlannedStep,
): Promise<Resource> => {
  switch (planned.op) {
    case "create":
      return await executeCreate(deployment, planned);
    case "same":
      return await executeSame(deployment, planned);
    case "update":
      return await executeUpdate(deployment, planned);
    case "replace":
      return await executeReplace(deployment, planned);
    case "import":
      return await executeImport(deployment, planned);
    case "retain":
      return executeRetain(deployment, planned);
    case "leave-out":
      return executeLeaveOut(deployment, planned);
  }
};
