/**
 * A service's unit, by its name with or without ".service". It becomes a folder's name and a word
 * of a shell line: nothing else may be in it.
 */
export const unitName = (unit: string): string => {
  if (!/^[A-Za-z0-9@:._-]+$/.test(unit)) throw new Error(`"${unit}" is not a unit's name`);
  return unit.includes(".") ? unit : `${unit}.service`;
};
