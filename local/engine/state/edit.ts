import type { StoredResource } from "./resource";

/** A stored resource and everything that it refers to, renamed; a provider is "URN::ID". */
export const renamed = (one: StoredResource, rename: (urn: string) => string): StoredResource => {
  const cut = one.provider?.lastIndexOf("::") ?? -1;
  return {
    ...one,
    urn: rename(one.urn),
    dependencies: one.dependencies.map(rename),
    propertyDependencies: Object.fromEntries(
      Object.entries(one.propertyDependencies).map(([key, urns]) => [key, urns.map(rename)]),
    ),
    ...(one.parent ? { parent: rename(one.parent) } : {}),
    ...(one.deletedWith ? { deletedWith: rename(one.deletedWith) } : {}),
    ...(one.replaceWith ? { replaceWith: one.replaceWith.map(rename) } : {}),
    ...(one.provider
      ? { provider: `${rename(one.provider.slice(0, cut))}${one.provider.slice(cut)}` }
      : {}),
  };
};

/** What is not set or empty is left out, as the CLI writes it. */
export const tidy = (one: StoredResource): Readonly<Record<string, unknown>> => {
  const { protect, taint, dependencies, propertyDependencies, ...others } = one;
  return {
    ...others,
    ...(protect ? { protect } : {}),
    ...(taint ? { taint } : {}),
    ...(dependencies.length > 0 ? { dependencies } : {}),
    ...(Object.keys(propertyDependencies).length > 0 ? { propertyDependencies } : {}),
  };
};
