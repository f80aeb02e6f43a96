/**
 * Two primaries while one takes over from the other. Which of them serves is one setting of the
 * stack, so that it changes in one step and every engine plans the same by it.
 */
const COLORS = ["blue", "green"] as const;
export type Color = (typeof COLORS)[number];

export interface Primaries {
  /** Serves. */
  readonly active: Color;
  /**
   * Of the other one. prepared: it is being made, beside the one that serves. kept: it has served,
   * and is left as it is.
   */
  readonly other: "none" | "prepared" | "kept";
}

export const otherColor = (color: Color): Color => (color === "blue" ? "green" : "blue");

const valueOf = ({ active, other }: Primaries): string => {
  const second = otherColor(active);
  return { none: active, prepared: `${active}-to-${second}`, kept: `${active}-from-${second}` }[
    other
  ];
};

/** What the setting may be. */
const ALL: readonly Primaries[] = COLORS.flatMap((active) =>
  (["none", "prepared", "kept"] as const).map((other) => ({ active, other })),
);
export const PRIMARIES_SETTING = "primaries";
export const PRIMARIES_VALUES = ALL.map(valueOf);
export const primariesOf = (value: string): Primaries =>
  ALL.find((one) => valueOf(one) === value) ?? { active: "blue", other: "none" };
export const primariesValue = valueOf;

/** In the program and as droplet: the first one has the role's name, as it had before there were colours. */
export const primaryName = (color: Color): string =>
  color === "blue" ? "primary" : `primary-${color}`;
export const PRIMARY_NAMES = COLORS.map(primaryName);
