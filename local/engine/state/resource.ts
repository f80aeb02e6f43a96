import { z } from "zod";

import { type JsonObject, type SecretStyle, storeProps } from "../values/stored";
import type { Props } from "../values/value";
import type { HookNames } from "./hook-names";

/** `sourcePosition`: "project:///components/server.ts#12,5"; none for a place without a file. */
export interface StackFrame {
  readonly sourcePosition?: string;
}

/**
 * A resource as the state knows it: the options are those of the Goal that it was last registered
 * with (see there why it is a type of its own). Times are ISO 8601; `provider` is "<urn>::<id>".
 */
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
  /** To be made anew by the next `up`, whatever the difference. */
  readonly taint?: boolean;
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
  readonly rest?: Readonly<Record<string, unknown>>;
}

/** In the order in which the CLI writes them. */
const FIELDS = [
  "urn",
  "custom",
  "delete",
  "id",
  "type",
  "inputs",
  "outputs",
  "parent",
  "protect",
  "taint",
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
] as const satisfies readonly (keyof Resource)[];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** As the CLI stores it: what is empty is left out. */
export const storeResource = (
  resource: Resource,
  style: SecretStyle,
): Readonly<Record<string, unknown>> => {
  const stored: Partial<Record<keyof Resource, unknown>> = {
    ...resource,
    inputs: storeProps(resource.inputs, style),
    outputs: storeProps(resource.outputs, style),
  };
  const present = FIELDS.filter((field) => field === "custom" || !isEmpty(stored[field])).map(
    (field) => [field, stored[field]] as const,
  );
  return { ...Object.fromEntries(present), ...resource.rest };
};

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** What JSON.parse made of an object is one of JSON: of its members `load` finds out. */
const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");

/** A resource as it stands in a state file. What a newer CLI has added passes. */
export const storedResource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean(),
  id: z.string().optional(),
  inputs: jsonObject.nullish(),
  outputs: jsonObject.nullish(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  propertyDependencies: z.record(z.string(), z.array(z.string())).default({}),
  delete: z.boolean().optional(),
  pendingReplacement: z.boolean().optional(),
  protect: z.boolean().optional(),
  taint: z.boolean().optional(),
  external: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  deletedWith: z.string().optional(),
  initErrors: z.array(z.string()).optional(),
  additionalSecretOutputs: z.array(z.string()).optional(),
  aliases: z.array(z.string()).optional(),
  customTimeouts: z
    .looseObject({
      create: z.number().optional(),
      update: z.number().optional(),
      delete: z.number().optional(),
    })
    .optional(),
  importID: z.string().optional(),
  ignoreChanges: z.array(z.string()).optional(),
  replaceOnChanges: z.array(z.string()).optional(),
  replaceWith: z.array(z.string()).optional(),
  resourceHooks: z.record(z.string(), z.array(z.string())).optional(),
  created: z.string().optional(),
  modified: z.string().optional(),
  sourcePosition: z.string().optional(),
  stackTrace: z.array(z.looseObject({ sourcePosition: z.string().optional() })).optional(),
} satisfies Record<(typeof FIELDS)[number], z.ZodType>);
export type StoredResource = z.infer<typeof storedResource>;

const KNOWN: ReadonlySet<string> = new Set(FIELDS);

/** `load`: what makes values of a state's JSON, secrets decrypted. */
export const loadResource = (
  stored: StoredResource,
  load: (object: JsonObject) => Props,
): Resource => {
  const known = { ...stored };
  const rest = Object.entries(stored).filter(([key]) => !KNOWN.has(key));
  for (const [key] of rest) delete known[key];
  return {
    ...known,
    inputs: load(stored.inputs ?? {}),
    outputs: load(stored.outputs ?? {}),
    ...(rest.length > 0 ? { rest: Object.fromEntries(rest) } : {}),
  };
};

/** Everything that must exist before this resource does. */
export const requirements = (resource: Resource): readonly string[] => [
  ...resource.dependencies,
  ...Object.values(resource.propertyDependencies).flat(),
  ...(resource.parent ? [resource.parent] : []),
  ...(resource.provider ? [resource.provider.slice(0, resource.provider.lastIndexOf("::"))] : []),
  ...(resource.deletedWith ? [resource.deletedWith] : []),
];
