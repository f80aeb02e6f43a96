import type { Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import { same } from "../values/value";
import { differenceOf } from "./difference";
import type { Goal } from "./goal";
import type { PlannedStep } from "./planned-step";
import { deletedBefore, refuseProtected } from "./replacement";

/** A goal beside what is there. */
export interface Comparison {
  readonly goal: Goal;
  /** None for a component, which no provider makes. */
  readonly kind?: Kind;
  readonly old?: Resource;
  readonly wanted: Resource;
}

/** What else decides over a step. */
export interface Circumstances {
  /** Whether --target includes it. */
  readonly targeted: boolean;
  /** To be made anew whatever the difference: for --replace or `replaceWith`. */
  readonly forced: boolean;
  /** The old state, for what depends on the resource. */
  readonly base: readonly Resource[];
  readonly kindOf: (resource: Resource) => Kind;
  readonly aliasesOf: (urn: string) => readonly string[];
}

/** A component has no provider to ask: what the program gives it is all there is. */
const planComponent = (old: Resource | undefined, wanted: Resource): PlannedStep => {
  if (!old) return { op: "create", wanted };
  if (same(old.inputs, wanted.inputs)) return { op: "same", old, wanted };
  return { op: "update", old, wanted, difference: { detailed: {}, replaces: [] } };
};

/** The id of what is to be taken over; undefined where nothing is, or where it has been. */
const importIdOf = ({ importId }: Goal, old: Resource | undefined): string | undefined =>
  old?.id === importId || old?.importID === importId ? undefined : importId;

/**
 * For what is there and belongs to the stack: the provider tells the difference, and with it the
 * step.
 */
const planChange = (
  goal: Goal,
  kind: Kind,
  old: Resource,
  wanted: Resource,
  around: Circumstances,
): PlannedStep => {
  const difference = differenceOf(kind, old, wanted, goal, around.aliasesOf);
  if (old.pendingReplacement || old.taint || around.forced || difference.replaces.length > 0) {
    refuseProtected(old);
    return {
      op: "replace",
      kind,
      old,
      wanted,
      difference,
      deletedBefore: deletedBefore(old, goal, difference, around.base, around.kindOf),
    };
  }
  if (Object.keys(difference.detailed).length > 0 || old.initErrors?.length)
    return {
      op: "update",
      kind,
      old,
      wanted,
      difference,
    };
  return { op: "same", old, wanted };
};

/**
 * The step that brings a resource from what is there to what the program wants. Nothing is done or
 * noted here: the same arguments give the same step.
 */
export const planStep = (
  { goal, kind, old, wanted }: Comparison,
  around: Circumstances,
): PlannedStep => {
  if (!kind) return planComponent(old, wanted);
  if (!around.targeted) return old ? { op: "same", old, wanted: old } : { op: "leave-out", wanted };
  const id = importIdOf(goal, old);
  if (id !== undefined)
    return {
      op: "import",
      kind,
      id,
      old,
      wanted,
    };
  if (!old || old.external) return { op: "create", kind, old, wanted };
  return planChange(goal, kind, old, wanted, around);
};
