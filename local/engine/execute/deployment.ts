import { builtinPackage } from "../providers/builtin/builtin";
import type { Resource } from "../state/resource";
import type { Props } from "../values/value";
import type { Hooks } from "./hooks";
import { openProviders, type Providers } from "./providers";
import type { Run } from "./run";

/**
 * What one operation knows of the stack's resources, and grows by with each registration. It is
 * handed to what plans and executes, and calls none of it.
 */
export interface Deployment {
  readonly run: Run;
  readonly providers: Providers;
  /** Functions of the program to be called around steps. */
  readonly hooks: Hooks;
  /** URN → its state as of now. */
  readonly current: Map<string, Resource>;
  /** URN → all the URNs under which it was looked for. */
  readonly aliases: Map<string, readonly string[]>;
  /** New resources left out by --target. */
  readonly leftOut: Set<string>;
  /** What this run deletes, so that `deletedWith` can tell. */
  readonly deleted: Set<string>;
  /** What this run makes anew, so that `replaceWith` can tell. */
  readonly replaced: Set<string>;
  readonly aliasesOf: (urn: string) => readonly string[];
  /** What the state has of this resource, under its URN or an alias. */
  readonly oldOf: (urn: string) => Resource | undefined;
}

export const createDeployment = (
  run: Run,
  hooks: Hooks,
  stackOutputs: (name: string) => Promise<Props>,
): Deployment => {
  const { journal } = run;
  const current = new Map<string, Resource>();
  const aliases = new Map<string, readonly string[]>();
  const aliasesOf = (urn: string): readonly string[] => aliases.get(urn) ?? [];
  return {
    run,
    hooks,
    providers: openProviders(
      journal.base,
      builtinPackage({ stackOutputs, resource: (urn) => current.get(urn) }),
    ),
    current,
    aliases,
    leftOut: new Set(),
    deleted: new Set(),
    replaced: new Set(),
    aliasesOf,
    oldOf: (urn) =>
      [urn, ...aliasesOf(urn)]
        .map((each) => journal.base.find((old) => old.urn === each && !old.delete))
        .find((old) => old !== undefined),
  };
};
