import { type Json, type JsonObject, type SecretStyle, storeProps } from "../values/stored";
import type { Props } from "../values/value";
import type { HookNames } from "./hook-names";

/** `sourcePosition`: "project:///components/server.ts#12,5"; none for a place without a file. */
export interface StackFrame {
  readonly sourcePosition?: string;
}

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
  readonly customTimeouts?: {
    readonly create?: number;
    readonly update?: number;
    readonly delete?: number;
  };
  readonly importID?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly replaceWith?: readonly string[];
  readonly resourceHooks?: HookNames;
  readonly created?: string;
  readonly modified?: string;
  /** Where the program declares it, and the calls that led there. */
  readonly sourcePosition?: string;
  readonly stackTrace?: readonly StackFrame[];
  /** What a newer CLI keeps and this engine does not interpret; carried along. */
  readonly rest?: JsonObject;
}

/** In the order in which the CLI writes them. */
const FIELDS: readonly (keyof Resource)[] = [
  "urn",
  "custom",
  "delete",
  "id",
  "type",
  "inputs",
  "outputs",
  "parent",
  "protect",
  "external",
  "dependencies",
  "initErrors",
  "provider",
  "propertyDependencies",
  "pendingReplacement",
  "additionalSecretOutputs",
  "aliases",
  "customTimeouts",
  "importID",
  "retainOnDelete",
  "deletedWith",
  "replaceWith",
  "created",
  "modified",
  "sourcePosition",
  "stackTrace",
  "ignoreChanges",
  "replaceOnChanges",
  "resourceHooks",
];
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** As the CLI stores it: what is empty is left out. */
export const storeResource = (resource: Resource, style: SecretStyle): JsonObject => {
  const stored: Partial<Record<keyof Resource, unknown>> = {
    ...resource,
    inputs: storeProps(resource.inputs, style),
    outputs: storeProps(resource.outputs, style),
  };
  const present = FIELDS.filter((field) => field === "custom" || !isEmpty(stored[field])).map(
    (field) => [field, stored[field]],
  );
  return { ...Object.fromEntries(present), ...resource.rest } as JsonObject;
};

const KNOWN: ReadonlySet<string> = new Set(FIELDS);

export const loadResource = (json: JsonObject, load: (object: JsonObject) => Props): Resource => {
  const known = Object.fromEntries(Object.entries(json).filter(([key]) => KNOWN.has(key)));
  const rest = Object.fromEntries(
    Object.entries(json).filter(([key]) => !KNOWN.has(key)),
  ) as Record<string, Json>;
  return {
    dependencies: [],
    propertyDependencies: {},
    ...known,
    inputs: load((json["inputs"] as JsonObject | undefined) ?? {}),
    outputs: load((json["outputs"] as JsonObject | undefined) ?? {}),
    ...(Object.keys(rest).length > 0 ? { rest } : {}),
  } as unknown as Resource;
};

/** Everything that must exist before this resource does. */
export const requirements = (resource: Resource): readonly string[] => [
  ...resource.dependencies,
  ...Object.values(resource.propertyDependencies).flat(),
  ...(resource.parent ? [resource.parent] : []),
  ...(resource.provider ? [resource.provider.slice(0, resource.provider.lastIndexOf("::"))] : []),
  ...(resource.deletedWith ? [resource.deletedWith] : []),
];
