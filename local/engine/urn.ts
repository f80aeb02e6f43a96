/** "urn:pulumi:<stack>::<project>::<parent types$>type::name" */
export const urnPrefix = (stack: string, project: string): string =>
  `urn:pulumi:${stack}::${project}::`;

const afterStack = (urn: string): string[] => urn.split("::").slice(2);
export const qualifiedTypeOf = (urn: string): string => afterStack(urn)[0] ?? "";
export const typeOf = (urn: string): string => qualifiedTypeOf(urn).split("$").at(-1) ?? "";
export const nameOf = (urn: string): string => afterStack(urn).slice(1).join("::");

export const STACK_TYPE = "pulumi:pulumi:Stack";
export const isProviderType = (type: string): boolean => type.startsWith("pulumi:providers:");
export const packageOf = (type: string): string =>
  isProviderType(type) ? type.slice("pulumi:providers:".length) : type.split(":")[0]!;

/** A child's URN names its parents' types, except the stack's. */
export const makeUrn = (
  stack: string,
  project: string,
  parent: string | undefined,
  type: string,
  name: string,
): string => {
  const parentType = parent ? qualifiedTypeOf(parent) : "";
  const prefix = parentType === "" || parentType === STACK_TYPE ? "" : `${parentType}$`;
  return `${urnPrefix(stack, project)}${prefix}${type}::${name}`;
};

/** "<urn>::<id>" of a provider → both. */
export const splitProvider = (reference: string): { urn: string; id: string } => {
  const at = reference.lastIndexOf("::");
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
};

/** The reference by which resources name their provider. */
export const providerReference = (urn: string, id: string): string => `${urn}::${id}`;

/** The id of what a preview would make. */
export const UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const isUnknownId = (id: string | undefined): boolean => id === UNKNOWN_ID;

/** "4.80.1" → "default_4_80_1", as the CLI names the provider that it makes for a package. */
export const defaultProviderName = (version: string | undefined): string =>
  version ? `default_${version.replace(/[^A-Za-z0-9-]/g, "_")}` : "default";
