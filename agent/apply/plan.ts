import type { Release, ReleaseFile, ReleaseTree } from "../../config/release";
import type { Seen } from "../files";

/** What a machine has of the files and trees that a release names. */
export interface Observed { readonly files: ReadonlyMap<string, Seen | null>; readonly trees: ReadonlyMap<string, string | null> }

export interface Plan {
  readonly write: readonly ReleaseFile[];
  readonly remove: readonly string[];
  readonly switchTrees: readonly ReleaseTree[];
  readonly removeTrees: readonly string[];
  readonly reloadUnits: boolean;
  /** Units of the previous release that this one does not have. */
  readonly stop: readonly string[];
  readonly restart: readonly string[];
  readonly reload: readonly string[];
  /** Everything that should run; starting what runs does nothing. */
  readonly start: readonly string[];
  readonly enable: readonly string[];
}

const isUnitFile = (path: string): boolean => path.startsWith("/etc/systemd/system/");

/** Paths and "tree:<name>" that differ between what is there and what should be. */
const differences = (previous: Release | null, next: Release, { files, trees }: Observed) => {
  const write = next.files.filter(({ path, sha256, mode }) => { const seen = files.get(path); return !seen || seen.sha256 !== sha256 || seen.mode !== mode; });
  const kept = new Set(next.files.map(({ path }) => path));
  const remove = (previous?.files ?? []).map(({ path }) => path).filter((path) => !kept.has(path));
  const switchTrees = next.trees.filter(({ name, hash }) => trees.get(name) !== hash);
  const names = new Set(next.trees.map(({ name }) => name));
  const removeTrees = (previous?.trees ?? []).map(({ name }) => name).filter((name) => !names.has(name));
  const changed = new Set([...write.map(({ path }) => path), ...remove, ...[...switchTrees.map(({ name }) => name), ...removeTrees].map((name) => `tree:${name}`)]);
  return { write, remove, switchTrees, removeTrees, changed };
};

/** From what was applied last and what is there to the steps that make it so: only units whose own things changed are restarted. */
export const planOf = (previous: Release | null, next: Release, observed: Observed): Plan => {
  const { changed, ...steps } = differences(previous, next, observed);
  const touched = next.units.filter(({ name, restartOn }) =>
    restartOn.some((thing) => changed.has(thing)) || [...changed].some((path) => path === `/etc/systemd/system/${name}` || path.startsWith(`/etc/systemd/system/${name}.d/`)));
  const isTimer = (name: string): boolean => name.endsWith(".timer");
  const names = new Set(next.units.map(({ name }) => name));
  return {
    ...steps,
    reloadUnits: [...changed].some(isUnitFile),
    stop: (previous?.units ?? []).map(({ name }) => name).filter((name) => !names.has(name)),
    restart: touched.filter(({ name, onChange }) => onChange === "restart" || (onChange === "none" && isTimer(name))).map(({ name }) => name),
    reload: touched.filter(({ onChange }) => onChange === "reload").map(({ name }) => name),
    start: next.units.filter(({ name, onChange, enable }) => enable && (onChange !== "none" || isTimer(name))).map(({ name }) => name),
    enable: next.units.filter(({ enable }) => enable).map(({ name }) => name),
  };
};

export const isIdle = ({ write, remove, switchTrees, removeTrees, stop }: Plan): boolean => [write, remove, switchTrees, removeTrees, stop].every((list) => list.length === 0);
