import { EngineError } from "../errors";
import { builtinPackage } from "../providers/builtin/builtin";
import type { Resource } from "../state/resource";
import { isProviderType, makeUrn, packageOf, STACK_TYPE, typeOf } from "../urn";
import { hasUnknown, type Props } from "../values/value";
import { aliasUrns } from "./aliases";
import type { Goal, Registered } from "./goal";
import { type Hooks, noHooks } from "./hooks";
import { identical } from "./identical";
import { keepSecrets } from "./mark";
import { openProviders, type Providers } from "./providers";
import { registerResource } from "./register";
import type { Run } from "./run";

/** What one run of the program has registered so far. */
export interface Deployment {
  readonly run: Run;
  readonly providers: Providers;
  /** URN → its state as of now. */
  readonly current: Map<string, Resource>;
  /** URN → all the URNs under which it was looked for. */
  readonly aliases: Map<string, readonly string[]>;
  /** New resources left out by --target. */
  readonly leftOut: Set<string>;
  /** Configuration of default providers: package → settings. */
  readonly settings: Readonly<Record<string, Props>>;
  /** What this run deletes, so that `deletedWith` can tell. */
  readonly gone: Set<string>;
  /** What this run makes anew, so that `replaceWith` can tell. */
  readonly replaced: Set<string>;
  /** Of the program; none where none runs. */
  hooks: Hooks;
  register(goal: Goal): Promise<Registered>;
  /** What can't even be planned fails like a step of its own. */
  refuse(parent: string | undefined, type: string, name: string, why: string): Registered;
  registerOutputs(urn: string, outputs: Props): Promise<void>;
  /** The stack's own outputs count only once it is known how the program ended: one that throws registers none, and those of before stay. Resolves with what tells them, which comes after the deletions. */
  settleStackOutputs(): Promise<() => void>;
  keepOutputs(urn: string, outputs: Props): Promise<void>;
  defaultProvider(name: string, version: string | undefined): Promise<string>;
  oldOf(urn: string): Resource | undefined;
}

/** "4.80.1" → "default_4_80_1", as the CLI names the provider that it makes for a package. */
const defaultName = (version: string | undefined): string =>
  version ? `default_${version.replace(/[^A-Za-z0-9-]/g, "_")}` : "default";

export const openDeployment = (
  run: Run,
  settings: Readonly<Record<string, Props>>,
  stackOutputs: (name: string) => Promise<Props>,
): Deployment => {
  const { stack, project, journal } = run;
  const registered = new Set<string>();
  let last: { urn: string; given: Props } | null = null;
  let told = (): void => {};
  const defaults = new Map<string, Promise<string>>();
  const current = new Map<string, Resource>();
  const providers = openProviders(
    journal.base,
    builtinPackage({ stackOutputs, resource: (urn) => current.get(urn) }),
  );
  // Planning is one at a time, in the order of arrival; only the work of providers runs side by side.
  let planning: Promise<unknown> = Promise.resolve();

  const deployment: Deployment = {
    run,
    providers,
    settings,
    current,
    aliases: new Map(),
    leftOut: new Set(),
    gone: new Set(),
    replaced: new Set(),
    hooks: noHooks,
    oldOf: (urn) =>
      [urn, ...(deployment.aliases.get(urn) ?? [])]
        .map((each) => journal.base.find((old) => old.urn === each && !old.delete))
        .find((old) => old !== undefined),
    register: async (goal) => {
      const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
      if (registered.has(urn))
        throw new EngineError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
      registered.add(urn);
      deployment.aliases.set(
        urn,
        aliasUrns(goal, urn, stack, project, (parent) => deployment.aliases.get(parent) ?? []),
      );
      const provider =
        !goal.custom || isProviderType(goal.type)
          ? undefined
          : (goal.provider ??
            (await deployment.defaultProvider(packageOf(goal.type), goal.version)));
      // A provider's version is among its properties, wherever the program gives it.
      const inputs =
        isProviderType(goal.type) && goal.version && goal.inputs["version"] === undefined
          ? { ...goal.inputs, version: goal.version }
          : goal.inputs;
      return await registerResource(
        deployment,
        { ...goal, inputs, provider },
        urn,
        async (task) => {
          const turn = planning.then(task);
          planning = turn.catch(() => {});
          return await turn;
        },
      );
    },
    refuse: (parent, type, name, why) => {
      const urn = makeUrn(stack, project, parent, type, name);
      run.unmade.add(urn);
      run.error(why, urn);
      return { urn, outputs: {}, result: "fail" };
    },
    registerOutputs: async (urn, given) => {
      if (typeOf(urn) === STACK_TYPE) last = { urn, given };
      else await deployment.keepOutputs(urn, given);
    },
    settleStackOutputs: async () => {
      if (last) await deployment.keepOutputs(last.urn, last.given);
      return told;
    },
    keepOutputs: async (urn, given) => {
      const state = deployment.current.get(urn);
      if (!state) return;
      // After a failure some outputs are unknown: those of before are worth more.
      const known = run.options.dryRun
        ? given
        : Object.fromEntries(Object.entries(given).filter(([, value]) => !hasUnknown(value)));
      const outputs = keepSecrets(
        run.failed ? { ...state.outputs, ...known } : known,
        state.outputs,
      );
      const now = { ...state, outputs };
      const changed = identical(state, now) ? state : now;
      deployment.current.set(urn, changed);
      if (changed !== state) journal.amend(state, changed);
      await journal.flush();
      const before = run.noted.get(urn)?.op;
      if (before === "create")
        await deployment.hooks.run("AfterCreate", changed, {
          newInputs: changed.inputs,
          newOutputs: changed.outputs,
        });
      if (before === "update")
        await deployment.hooks.run("AfterUpdate", changed, {
          newInputs: changed.inputs,
          oldInputs: state.inputs,
          newOutputs: changed.outputs,
          oldOutputs: state.outputs,
        });
      const noted = run.noted.get(urn) ?? { op: "same" as const, urn, logical: true };
      const tell = (): void => run.sink.after({ ...noted, new: changed }, run.options.dryRun);
      if (typeOf(urn) === STACK_TYPE) told = tell;
      else tell();
    },
    defaultProvider: async (name, version) => {
      const key = `${name}@${version ?? ""}`;
      let reference = defaults.get(key);
      if (!reference) {
        const inputs =
          name === "pulumi" ? {} : { ...settings[name], ...(version ? { version } : {}) };
        reference = deployment
          .register({
            type: `pulumi:providers:${name}`,
            name: defaultName(version),
            custom: true,
            inputs,
            dependencies: [],
            propertyDependencies: {},
            ignoreChanges: [],
            replaceOnChanges: [],
            replaceWith: [],
            additionalSecretOutputs: [],
            aliases: [],
          })
          .then(({ urn, id, result }) => {
            // One that was skipped, as the user has asked to stop, is no failure: what it is for is skipped too.
            if (result === "fail")
              throw new EngineError(`the provider ${name} could not be configured`);
            return `${urn}::${id ?? "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}`;
          });
        defaults.set(key, reference);
      }
      return await reference;
    },
  };
  return deployment;
};
