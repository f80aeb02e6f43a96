import type { Op, Step } from "../events/events";

const INNER: readonly Op[] = [
  "replace",
  "create-replacement",
  "delete-replaced",
  "read-replacement",
  "discard-replaced",
  "remove-pending-replace",
];

/**
 * Whether a step is worth telling. `single`: a replacement is one step there, not each of its
 * parts. Metadata that has changed is, even where nothing else has.
 */
export const isShown = (
  { op, old, new: now, logical }: Step,
  options: { readonly showSames: boolean; readonly showReplacementSteps: boolean },
  single: boolean,
): boolean => {
  if (op === "same")
    return (
      options.showSames ||
      (old !== undefined && now !== undefined && (old.protect ?? false) !== (now.protect ?? false))
    );
  return logical || !single || options.showReplacementSteps || !INNER.includes(op);
};
