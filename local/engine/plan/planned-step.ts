import type { Difference, Kind } from "../providers/provider";
import type { Resource } from "../state/resource";

/**
 * Makes a resource. `old` is what its making replaces in the state: one that was only read, or one
 * deleted already.
 */
export interface CreateStep {
  readonly op: "create";
  /** None for a component, which no provider makes. */
  readonly kind?: Kind;
  readonly old?: Resource;
  /** The state that is aimed at, without what only the provider can tell. */
  readonly wanted: Resource;
}
/** Changes nothing but what the state notes of the program. */
export interface SameStep {
  readonly op: "same";
  readonly old: Resource;
  readonly wanted: Resource;
}
/** Changes a resource in place. */
export interface UpdateStep {
  readonly op: "update";
  readonly kind?: Kind;
  readonly old: Resource;
  readonly wanted: Resource;
  readonly difference: Difference;
}
/** Makes a resource anew. */
export interface ReplaceStep {
  readonly op: "replace";
  readonly kind: Kind;
  readonly old: Resource;
  readonly wanted: Resource;
  readonly difference: Difference;
  /**
   * What is deleted before it is made, in this order; it is the last of them. Empty: it is made
   * first, and deleted at the end.
   */
  readonly deletedBefore: readonly Resource[];
}
/** Takes over something that exists already. */
export interface ImportStep {
  readonly op: "import";
  readonly kind: Kind;
  readonly id: string;
  readonly old?: Resource;
  readonly wanted: Resource;
}
/** In a destruction: nothing is made or changed; the state notes how the deletion is to go. */
export interface RetainStep {
  readonly op: "retain";
  readonly old: Resource;
  readonly wanted: Resource;
}
/** Not part of this run: --target leaves it out, or the destruction finds nothing of it. */
export interface LeaveOutStep {
  readonly op: "leave-out";
  readonly wanted: Resource;
}

/** What is to be done so that a goal is met: data, which `execute` carries out. */
export type PlannedStep =
  CreateStep | SameStep | UpdateStep | ReplaceStep | ImportStep | RetainStep | LeaveOutStep;
