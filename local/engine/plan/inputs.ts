import { EngineError } from "../errors";
import type { CheckFailure, Kind, Work } from "../providers/provider";
import type { Resource } from "../state/resource";
import { type Props, revealProps } from "../values/value";
import type { Goal } from "./goal";
import { keepIgnored } from "./paths";
import { keepSecrets, remark } from "./secrecy";

const failureText = ({ type, name }: Goal, { property, reason }: CheckFailure): string =>
  `${type.split(":").at(-1)} ${name}: ${property === "" ? "" : `property ${property}: `}${reason}`;

/**
 * The goal's inputs, completed and validated by the provider; what `ignoreChanges` names stays as
 * it was.
 */
export const checkedInputs = (
  goal: Goal,
  kind: Kind | undefined,
  old: Resource | undefined,
  work: () => Work,
): Props => {
  const given = old ? keepIgnored(goal.inputs, old.inputs, goal.ignoreChanges) : goal.inputs;
  if (!kind?.check) return old ? keepSecrets(given, old.inputs) : given;
  const { inputs, failures = [] } = kind.check(
    revealProps(given),
    old && revealProps(old.inputs),
    work(),
  );
  if (failures.length > 0)
    throw new EngineError(failures.map((failure) => failureText(goal, failure)).join("\n"));
  const marked = remark(inputs, given);
  return old ? keepSecrets(marked, old.inputs) : marked;
};
