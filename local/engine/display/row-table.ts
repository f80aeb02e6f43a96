import type { Step } from "../events/events";
import { STACK_TYPE, typeOf } from "../urn";
import type { Row } from "./row";

const unchanged = (urn: string): Step => ({ op: "same", urn, logical: true });
const newRow = (urn: string, step: Step, hidden = true): Row => ({
  urn,
  step,
  outputs: [],
  hidden,
  failed: false,
  told: [],
});

/**
 * A row for each resource that was met. As in the CLI, the stack is only known by an event of its
 * own, and what is said before has no other place.
 */
export interface RowTable {
  /** The stack's URN; empty until it is known. */
  readonly root: () => string;
  readonly all: () => readonly Row[];
  readonly rowOf: (urn: string, step?: Step) => Row;
}

export const createRowTable = (): RowTable => {
  const rows = new Map<string, Row>();
  let root = "";
  const meetStack = (urn: string, step: Step): Row => {
    root = urn;
    const unnamed = rows.get("");
    rows.delete("");
    const row = unnamed ? { ...unnamed, urn, step } : newRow(urn, step);
    rows.set(urn, row);
    return row;
  };
  const meetResource = (urn: string, step: Step): Row => {
    // A stack that is first met as a parent stays one: its outputs are not told in the end (a
    // destroy).
    const parent = (step.new ?? step.old)?.parent;
    if (parent && parent !== root && !rows.has(parent))
      rows.set(parent, newRow(parent, unchanged(parent)));
    if (root === "" && !rows.has("")) rows.set("", newRow("", unchanged(""), false));
    if (urn !== "") rows.set(urn, newRow(urn, step));
    return rows.get(urn) ?? newRow(urn, step);
  };
  return {
    root: () => root,
    all: () => [...rows.values()],
    rowOf: (urn, step = unchanged(urn)) =>
      rows.get(urn) ??
      (typeOf(urn) === STACK_TYPE ? meetStack(urn, step) : meetResource(urn, step)),
  };
};
