import { EngineError } from "../errors";
import type { Goal, Registered } from "../plan/goal";
import { defaultProviderName, providerReference, UNKNOWN_ID } from "../urn";
import type { Props } from "../values/value";

const goalFor = (name: string, version: string | undefined, settings: Props): Goal => ({
  type: `pulumi:providers:${name}`,
  name: defaultProviderName(version),
  custom: true,
  inputs: name === "pulumi" ? {} : { ...settings, ...(version ? { version } : {}) },
  dependencies: [],
  propertyDependencies: {},
  ignoreChanges: [],
  replaceOnChanges: [],
  replaceWith: [],
  additionalSecretOutputs: [],
  aliases: [],
});

/**
 * The provider of a package that the program names none for: registered when first asked for, with
 * the stack's configuration. Resolves with its reference.
 */
export type DefaultProvider = (name: string, version: string | undefined) => Promise<string>;

/** `settings`: package → its configuration. */
export const createDefaultProviders = (
  settings: Readonly<Record<string, Props>>,
  register: (goal: Goal) => Promise<Registered>,
): DefaultProvider => {
  const references = new Map<string, Promise<string>>();
  const registered = async (name: string, version: string | undefined): Promise<string> => {
    const { urn, id, result } = await register(goalFor(name, version, settings[name] ?? {}));
    // One that was skipped, as the user has asked to stop, is no failure: what it is for is skipped
    // too.
    if (result === "fail") throw new EngineError(`the provider ${name} could not be configured`);
    return providerReference(urn, id ?? UNKNOWN_ID);
  };
  return async (name, version) => {
    const key = `${name}@${version ?? ""}`;
    const reference = references.get(key) ?? registered(name, version);
    references.set(key, reference);
    return await reference;
  };
};
