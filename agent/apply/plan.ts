import { unitPath } from "@second-server/contract/paths";
import {
  type Release,
  type ReleaseFile,
  type ReleaseTree,
  treeCause,
} from "@second-server/contract/release";

import type { Seen } from "../files";

/** What a machine has of the files and trees that a release names. */
export interface Observed {
  readonly files: ReadonlyMap<string, Seen | undefined>;
  readonly trees: ReadonlyMap<string, string | undefined>;
}

/**
 * Switches that did not come to their ends, one after the other: what each may have brought, and
 * what no unit may have been told of.
 */
export interface Unfinished {
  readonly releases: readonly Release[];
  readonly changed: readonly string[];
}

export interface Plan {
  readonly write: readonly ReleaseFile[];
  readonly remove: readonly string[];
  readonly switchTrees: readonly ReleaseTree[];
  readonly removeTrees: readonly string[];
  /** Paths and "tree:<name>" that differ, or did when a switch was cut short. */
  readonly changed: readonly string[];
  readonly reloadUnits: boolean;
  /** Units of the previous release that this one does not have. */
  readonly stop: readonly string[];
  readonly restart: readonly string[];
  readonly reload: readonly string[];
  /** Everything that should run; starting what runs does nothing. */
  readonly start: readonly string[];
  readonly enable: readonly string[];
}

const UNIT_FILES = unitPath("");
const isTimer = (name: string): boolean => name.endsWith(".timer");
const without = <T>(all: readonly T[], keep: readonly T[]): readonly T[] =>
  [...new Set(all)].filter((one) => !keep.includes(one));
const names = (things: readonly { readonly name: string }[]): readonly string[] =>
  things.map(({ name }) => name);

/**
 * What differs between what is there and what should be, and what earlier releases brought that
 * this one does not have.
 */
const differences = (earlier: readonly Release[], next: Release, { files, trees }: Observed) => ({
  write: next.files.filter(({ path, sha256, mode }) => {
    const seen = files.get(path);
    return !seen || seen.sha256 !== sha256 || seen.mode !== mode;
  }),
  remove: without(
    earlier.flatMap((release) => release.files.map(({ path }) => path)),
    next.files.map(({ path }) => path),
  ),
  switchTrees: next.trees.filter(({ name, hash }) => trees.get(name) !== hash),
  removeTrees: without(
    earlier.flatMap((release) => names(release.trees)),
    names(next.trees),
  ),
  stop: without(
    earlier.flatMap((release) => names(release.units)),
    names(next.units),
  ),
});

/** Causes are a path, every path of a "/folder/", or "tree:<name>". */
const isCausedBy = (causes: readonly string[], changed: readonly string[]): boolean =>
  changed.some((thing) =>
    causes.some((cause) => (cause.endsWith("/") ? thing.startsWith(cause) : thing === cause)),
  );

/** A unit is touched by its own file, by its drop-ins, and by what it names. */
const isTouched = (
  { name, restartOn }: Release["units"][number],
  changed: readonly string[],
): boolean => isCausedBy([unitPath(name), unitPath(`${name}.d/`), ...restartOn], changed);

/**
 * From what was applied last and what is there to the steps that make it so: only units whose own
 * things changed are restarted.
 */
export const planOf = (
  previous: Release | undefined,
  next: Release,
  observed: Observed,
  unfinished?: Unfinished,
): Plan => {
  const earlier = [...(previous ? [previous] : []), ...(unfinished?.releases ?? [])];
  const steps = differences(earlier, next, observed);
  const trees = [...names(steps.switchTrees), ...steps.removeTrees].map(treeCause);
  const changed = [
    ...new Set([
      ...steps.write.map(({ path }) => path),
      ...steps.remove,
      ...trees,
      ...(unfinished?.changed ?? []),
    ]),
  ];
  const touched = next.units.filter((unit) => isTouched(unit, changed));
  return {
    ...steps,
    changed,
    reloadUnits: changed.some((thing) => thing.startsWith(UNIT_FILES)),
    restart: names(
      touched.filter(
        ({ name, onChange }) => onChange === "restart" || (onChange === "none" && isTimer(name)),
      ),
    ),
    reload: names(
      next.units.filter((unit) =>
        touched.includes(unit)
          ? unit.onChange === "reload"
          : isCausedBy(unit.reloadOn ?? [], changed),
      ),
    ),
    start: names(
      next.units.filter(
        ({ name, onChange, enable }) => enable && (onChange !== "none" || isTimer(name)),
      ),
    ),
    enable: names(next.units.filter(({ enable }) => enable)),
  };
};

export const isIdle = ({ changed, stop }: Plan): boolean =>
  changed.length === 0 && stop.length === 0;
