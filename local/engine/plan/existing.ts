import type { Existing } from "../providers/provider";
import type { Resource } from "../state/resource";
import { revealProps } from "../values/value";

/** A resource as providers see it: with bare values. */
export const existing = ({ id = "", inputs, outputs }: Resource): Existing => ({
  id,
  inputs: revealProps(inputs),
  outputs: revealProps(outputs),
});
