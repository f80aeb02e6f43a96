import type { HookNames } from "./hook-names";
import type { Props } from "../values/value";
import { type Json, type JsonObject, type SecretStyle, storeProps } from "../values/stored";

/** A resource as the state knows it. Times are ISO 8601; `provider` is "<urn>::<id>". */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly inputs: Props;
  readonly outputs: Props;
  readonly parent?: string;
  readonly provider?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Replaced already, and still to be deleted. */
  readonly delete?: boolean;
  /** Deleted already by a delete-before-replace, and still to be made anew. */
  readonly pendingReplacement?: boolean;
  readonly protect?: boolean;
  /** Only read by the program (`get`); never updated or deleted. */
  readonly external?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly initErrors?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly string[];
  readonly customTimeouts?: { readonly create?: number; readonly update?: number; readonly delete?: number };
  readonly importID?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly replaceWith?: readonly string[];
  readonly resourceHooks?: HookNames;
  readonly created?: string;
  readonly modified?: string;
  readonly sourcePosition?: string;
  /** What a newer CLI keeps and this engine does not interpret; carried along. */
  readonly rest?: JsonObject;
}

const DROP_IF_EMPTY = new Set(["parent", "provider", "id", "deletedWith", "importID", "sourcePosition"]);
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === false || (Array.isArray(value) && value.length === 0) || (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** In the deployment's own field order, leaving out what is empty as the CLI does. */
export const storeResource = (resource: Resource, style: SecretStyle): JsonObject => {
  const { rest, inputs, outputs, urn, custom, type, id, delete: gone, ...others } = resource;
  const fields: Record<string, unknown> = { urn, custom, delete: gone, id, type, inputs: storeProps(inputs, style), outputs: storeProps(outputs, style), ...others, ...rest };
  return Object.fromEntries(Object.entries(fields).filter(([key, value]) => key === "custom" || !(isEmpty(value) || (value === "" && DROP_IF_EMPTY.has(key))))) as JsonObject;
};

const KNOWN = new Set<string>([
  "urn", "type", "custom", "id", "inputs", "outputs", "parent", "provider", "dependencies", "propertyDependencies", "delete", "pendingReplacement", "protect", "external", "retainOnDelete",
  "deletedWith", "initErrors", "additionalSecretOutputs", "aliases", "customTimeouts", "importID", "ignoreChanges", "replaceOnChanges", "replaceWith", "resourceHooks", "created", "modified", "sourcePosition",
]);

export const loadResource = (json: JsonObject, load: (object: JsonObject) => Props): Resource => {
  const known = Object.fromEntries(Object.entries(json).filter(([key]) => KNOWN.has(key)));
  const rest = Object.fromEntries(Object.entries(json).filter(([key]) => !KNOWN.has(key))) as Record<string, Json>;
  return {
    dependencies: [], propertyDependencies: {}, ...known,
    inputs: load((json["inputs"] as JsonObject | undefined) ?? {}), outputs: load((json["outputs"] as JsonObject | undefined) ?? {}),
    ...(Object.keys(rest).length > 0 ? { rest } : {}),
  } as unknown as Resource;
};

/** Everything that must exist before this resource does. */
export const requirements = (resource: Resource): readonly string[] => [
  ...resource.dependencies, ...Object.values(resource.propertyDependencies).flat(), ...(resource.parent ? [resource.parent] : []),
  ...(resource.provider ? [resource.provider.slice(0, resource.provider.lastIndexOf("::"))] : []), ...(resource.deletedWith ? [resource.deletedWith] : []),
];
