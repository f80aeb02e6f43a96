import { randomUUID } from "node:crypto";

import { EngineError } from "../errors";
import { omit } from "../omit";
import { inputDiff } from "../providers/diff";
import { packages } from "../providers/packages";
import type { Kind, Package, Provider } from "../providers/provider";
import type { Resource } from "../state/resource";
import { isProviderType, packageOf, providerReference, splitProvider } from "../urn";
import { revealProps } from "../values/value";

/** Pulumi's own package, which belongs to the deployment. */
const BUILTIN = "pulumi";

const packageNamed = (name: string): Package => {
  const found = packages[name];
  if (!found)
    throw new EngineError(
      `the provider "${name}" is not supported by the embedded engine, which has: ` +
        `${Object.keys(packages).join(", ")}. Use the pulumi CLI for this program.`,
    );
  return found;
};

/** Provider resources themselves: they hold configuration and make nothing. */
const providerKind = (type: string): Kind => ({
  check: (given) => {
    if (packageOf(type) === BUILTIN) return { inputs: given };
    const { settings, notes } = packageNamed(packageOf(type));
    const known = new Set([...settings, "version", "pluginDownloadURL", "__internal"]);
    const failures = Object.keys(given)
      .filter((key) => !known.has(key))
      .map((property) => ({
        property,
        reason:
          "this setting of the provider is not supported by the embedded engine (it knows " +
          `${[...known].slice(0, -3).join(", ") || "none"})`,
      }));
    return { inputs: { ...given, __internal: {}, ...notes }, failures };
  },
  diff: ({ inputs }, now) => inputDiff(omit(inputs, "__internal"), omit(now, "__internal"), []),
  create: (inputs) => Promise.resolve({ id: randomUUID(), outputs: omit(inputs, "__internal") }),
  update: (_old, inputs) => Promise.resolve(omit(inputs, "__internal")),
  read: (old) => Promise.resolve(old),
  delete: async () => {},
});

/** Provider resources by "<urn>::<id>", opened when first used. */
export interface Providers {
  readonly add: (resource: Resource) => void;
  readonly open: (reference: string) => Provider;
  readonly kind: (reference: string, type: string) => Kind;
  /** What makes this resource; provider resources are the engine's own. */
  readonly kindOf: (resource: Pick<Resource, "type" | "provider">) => Kind;
}

export const openProviders = (existing: readonly Resource[], builtin: Package): Providers => {
  const states = new Map<string, Resource>();
  const opened = new Map<string, Provider>();
  const add = (resource: Resource): void => {
    const reference = providerReference(resource.urn, resource.id ?? "");
    states.set(reference, resource);
    opened.delete(reference);
  };
  existing.filter(({ type }) => isProviderType(type)).forEach(add);
  const open = (reference: string): Provider => {
    const already = opened.get(reference);
    if (already) return already;
    const { urn } = splitProvider(reference);
    const state = states.get(reference) ?? [...states.values()].find((each) => each.urn === urn);
    if (!state) throw new EngineError(`unknown provider ${reference}`);
    const name = packageOf(state.type);
    const provider = (name === BUILTIN ? builtin : packageNamed(name)).open(
      revealProps(state.inputs),
    );
    opened.set(reference, provider);
    return provider;
  };
  const kind = (reference: string, type: string): Kind => {
    const found = open(reference).kinds[type];
    if (!found)
      throw new EngineError(
        `resources of type ${type} are not supported by the embedded engine. Use the ` +
          "pulumi CLI for this program, or leave the resource out.",
      );
    return found;
  };
  return {
    add,
    open,
    kind,
    kindOf: ({ type, provider }) => {
      if (isProviderType(type)) return providerKind(type);
      if (provider === undefined)
        throw new EngineError(`a resource of type ${type} has no provider`);
      return kind(provider, type);
    },
  };
};
