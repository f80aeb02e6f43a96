import type { Op } from "../events/events";
import { SIGNS } from "./ops";

export interface Style {
  /** The text of secrets, instead of "[secret]". */
  readonly showSecrets: boolean;
  /** Long texts whole, instead of their first three lines. */
  readonly showFull: boolean;
}
/**
 * Where and how a value is written: `op` gives the sign, which stands at the end of the margin
 * where `signed`.
 */
export interface Place {
  readonly indent: number;
  readonly op: Op;
  readonly signed: boolean;
  readonly style: Style;
}

export const STEP = "    ";

export const bareMargin = ({ indent }: Place): string => STEP.repeat(indent);
export const margin = (place: Place): string => {
  const spaces = bareMargin(place);
  return place.signed && place.indent > 0 ? spaces.slice(0, -2) + SIGNS[place.op] : spaces;
};
export const deeper = (place: Place, by = 1): Place => ({ ...place, indent: place.indent + by });
export const as = (place: Place, op: Op, signed = true): Place => ({ ...place, op, signed });

/** What is written before a value: its name, or its index. */
export type Title = (place: Place) => string;
export const UNTITLED: Title = () => "";
export const named =
  (name: string, width: number): Title =>
  (place) =>
    `${margin(place)}${name.padEnd(width)}: `;
export const widthOf = (keys: readonly (string | number)[]): number =>
  Math.max(0, ...keys.map((key) => String(key).length));
