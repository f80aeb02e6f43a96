import { EngineError } from "../errors";
import { aliasUrns } from "../plan/aliases";
import type { Goal, Invocation, ReadGoal, Registered } from "../plan/goal";
import { isProviderType, makeUrn, packageOf, STACK_TYPE, typeOf } from "../urn";
import type { Props } from "../values/value";
import { createDefaultProviders, type DefaultProvider } from "./default-providers";
import type { Deployment } from "./deployment";
import { invoke } from "./invoke";
import { settleOutputs } from "./outputs";
import { readResource } from "./read";
import { type InTurn, registerResource } from "./register";

/** What the program asks of the engine, in the order in which it asks. */
export interface Registrar {
  readonly register: (goal: Goal) => Promise<Registered>;
  /** What can't even be planned fails like a step of its own. */
  readonly refuse: (
    parent: string | undefined,
    type: string,
    name: string,
    why: string,
  ) => Registered;
  readonly registerOutputs: (urn: string, outputs: Props) => Promise<void>;
  /**
   * The stack's own outputs count only once it is known how the program ended: one that throws
   * registers none, and those of before stay. Resolves with what tells them, which comes after the
   * deletions.
   */
  readonly settleStackOutputs: () => Promise<() => void>;
  readonly read: (goal: ReadGoal) => Promise<Registered>;
  readonly invoke: (invocation: Invocation) => Promise<Props>;
}

/**
 * Planning is one at a time, in the order of arrival; only the work of providers runs side by side.
 */
const createTurns = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  return async (task) => {
    const turn = last.then(task);
    last = turn.catch(() => {});
    return await turn;
  };
};

/** A provider's version is among its properties, wherever the program gives it. */
const inputsOf = ({ type, version, inputs }: Goal): Props =>
  isProviderType(type) && version && inputs["version"] === undefined
    ? { ...inputs, version }
    : inputs;

const createRegister = (
  deployment: Deployment,
  defaultProvider: DefaultProvider,
): Registrar["register"] => {
  const { stack, project } = deployment.run;
  const registered = new Set<string>();
  const inTurn = createTurns();
  const wantsProvider = ({ custom, type }: Goal): boolean => custom && !isProviderType(type);
  return async (goal) => {
    const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
    if (registered.has(urn))
      throw new EngineError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    registered.add(urn);
    deployment.aliases.set(urn, aliasUrns(goal, urn, stack, project, deployment.aliasesOf));
    const provider = wantsProvider(goal)
      ? (goal.provider ?? (await defaultProvider(packageOf(goal.type), goal.version)))
      : undefined;
    return await registerResource(
      deployment,
      { ...goal, inputs: inputsOf(goal), provider },
      urn,
      inTurn,
    );
  };
};

/** `settings`: package → the stack's configuration of its default provider. */
export const createRegistrar = (
  deployment: Deployment,
  settings: Readonly<Record<string, Props>>,
): Registrar => {
  const { run } = deployment;
  const urnOf = (parent: string | undefined, type: string, name: string): string =>
    makeUrn(run.stack, run.project, parent, type, name);
  const defaultProvider = createDefaultProviders(settings, async (goal) => await register(goal));
  const register = createRegister(deployment, defaultProvider);
  let stackOutputs: { readonly urn: string; readonly given: Props } | undefined;
  return {
    register,
    refuse: (parent, type, name, why) => {
      const urn = urnOf(parent, type, name);
      run.unmade.add(urn);
      run.error(why, urn);
      return { urn, outputs: {}, result: "fail" };
    },
    registerOutputs: async (urn, given) => {
      if (typeOf(urn) === STACK_TYPE) stackOutputs = { urn, given };
      else (await settleOutputs(deployment, urn, given))();
    },
    settleStackOutputs: async () =>
      stackOutputs
        ? await settleOutputs(deployment, stackOutputs.urn, stackOutputs.given)
        : () => {},
    read: async (goal) => {
      const { parent, type, name, provider, version } = goal;
      const reference = provider ?? (await defaultProvider(packageOf(type), version));
      return await readResource(deployment, goal, urnOf(parent, type, name), reference);
    },
    invoke: async (invocation) => {
      const { token, provider, version } = invocation;
      const reference = provider ?? (await defaultProvider(packageOf(token), version));
      return await invoke(deployment, invocation, reference);
    },
  };
};
