import { createHash } from "node:crypto";

import { z } from "zod";

import { EngineError, messageOf } from "../errors";
import { encrypted, type JsonObject, loader, type SecretStyle } from "../values/stored";
import type { Props, Secret } from "../values/value";
import {
  loadResource,
  requirements,
  type Resource,
  storedResource,
  storeResource,
} from "./resource";
import type { SecretsManager } from "./secrets";

const operationType = z.enum(["creating", "updating", "deleting", "reading", "importing"]);
export type OperationType = z.infer<typeof operationType>;
export interface PendingOperation {
  readonly resource: Resource;
  readonly type: OperationType;
}
export interface Snapshot {
  readonly resources: readonly Resource[];
  readonly pending: readonly PendingOperation[];
}

const shape = z.looseObject({
  version: z.literal([3, 4]),
  features: z.array(z.string()).optional(),
  checkpoint: z.looseObject({
    stack: z.string().optional(),
    latest: z
      .looseObject({
        secrets_providers: z
          .looseObject({
            type: z.string(),
            state: z.looseObject({ salt: z.string().optional() }).optional(),
          })
          .optional(),
        manifest: z.looseObject({ time: z.string().optional() }).optional(),
        resources: z.array(storedResource).optional(),
        pending_operations: z
          .array(z.looseObject({ resource: storedResource, type: operationType }))
          .optional(),
      })
      .nullish(),
  }),
});
/** What makes a state one of version 4, so that a CLI that does not know it leaves it alone. */
type Marks = Pick<Resource, "resourceHooks" | "replaceWith" | "taint">;
const FEATURES: Readonly<Record<string, (resource: Marks) => boolean>> = {
  hooks: ({ resourceHooks }) => resourceHooks !== undefined,
  replaceWith: ({ replaceWith = [] }) => replaceWith.length > 0,
  taint: ({ taint }) => taint === true,
};
export type Checkpoint = z.infer<typeof shape>;

const versionOf = (json: unknown): unknown =>
  typeof json === "object" && json !== null && "version" in json ? json.version : undefined;

/**
 * Parses a stack file; throws an EngineError naming `place` where it is damaged or of another
 * version. `remedy`: what is said besides.
 */
export const parseCheckpoint = (
  text: string,
  place: string,
  remedy = ` A copy of the state before the last operation is in ${place}.bak and in .pulumi/backups.`,
): Checkpoint => {
  const damaged = (why: string): EngineError =>
    new EngineError(`could not load the state: ${place}: ${why}.${remedy}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`not JSON (${messageOf(error)})`);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    const version = versionOf(json);
    throw damaged(
      version !== undefined && version !== 3 && version !== 4
        ? `its version is ${typeof version === "string" ? version : JSON.stringify(version)}, and this engine reads 3 and 4`
        : parsed.error.issues
            .map(({ path, message }) => `${path.join(".")}: ${message}`)
            .join("; "),
    );
  }
  const unknown = (parsed.data.features ?? []).filter((name) => !(name in FEATURES));
  if (unknown.length > 0)
    throw new EngineError(
      `${place}: this stack's deployment needs support for the following features: ${unknown.join(", ")}. Use the pulumi CLI.`,
    );
  return parsed.data;
};

/**
 * Each resource only after what it needs, and only once: what the CLI checks too, before it trusts
 * a state.
 */
const verify = (resources: readonly Resource[], place: string): void => {
  const seen = new Set<string>();
  for (const resource of resources) {
    const missing = requirements(resource).find((urn) => !seen.has(urn));
    if (missing !== undefined)
      throw new EngineError(
        `snapshot integrity failure; refusing to use it: ${place}: ${resource.urn} refers to ${missing}, which is not before it`,
      );
    if (
      seen.has(resource.urn) &&
      !resource.delete &&
      resources.some((other) => other !== resource && other.urn === resource.urn && !other.delete)
    ) {
      throw new EngineError(
        `snapshot integrity failure; refusing to use it: ${place}: ${resource.urn} occurs twice`,
      );
    }
    seen.add(resource.urn);
  }
};

/** The version of the CLI whose state this is; its hash is the manifest's "magic". */
const VERSION = "v3.270.0";

const decodeLatest = (
  { checkpoint: { latest } }: Checkpoint,
  place: string,
  load: (object: JsonObject) => Props,
): Snapshot => {
  const resources = (latest?.resources ?? []).map((stored) => loadResource(stored, load));
  verify(resources, place);
  const pending = (latest?.pending_operations ?? []).map(({ resource, type }) => ({
    resource: loadResource(resource, load),
    type,
  }));
  return { resources, pending };
};

/** In the order in which the CLI writes it. */
const encodeLatest = (
  { resources, pending }: Snapshot,
  salt: string,
  style: SecretStyle,
): object => ({
  manifest: {
    time: new Date().toISOString(),
    magic: createHash("sha256").update(VERSION).digest("hex"),
    version: VERSION,
  },
  secrets_providers: { type: "passphrase", state: { salt } },
  ...(resources.length > 0
    ? { resources: resources.map((resource) => storeResource(resource, style)) }
    : {}),
  ...(pending.length > 0
    ? {
        pending_operations: pending.map(({ resource, type }) => ({
          resource: storeResource(resource, style),
          type,
        })),
      }
    : {}),
  metadata: {},
});

const featuresOf = (resources: readonly Marks[]): readonly string[] =>
  Object.entries(FEATURES)
    .filter(([, isUsed]) => resources.some(isUsed))
    .map(([name]) => name);

/** The envelope in which a state with these resources is kept: version and features. */
export const envelopeOf = (
  resources: readonly Marks[],
): { readonly version: 3 | 4; readonly features?: readonly string[] } => {
  const features = featuresOf(resources);
  return features.length > 0 ? { version: 4, features } : { version: 3 };
};

/** Turns checkpoints into snapshots and back. */
export interface CheckpointCodec {
  readonly decode: (checkpoint: Checkpoint) => Snapshot;
  readonly encode: (snapshot: Snapshot) => object;
}

/** The codec of one stack, which keeps the ciphertext of secrets that have not changed. */
export const checkpointCodec = (
  stackName: string,
  secrets: SecretsManager,
  place: string,
): CheckpointCodec => {
  const ciphertexts = new WeakMap<Secret, string>();
  const load = loader(secrets, ciphertexts);
  const style = encrypted(secrets, ciphertexts);
  return {
    decode: (checkpoint) => {
      try {
        return decodeLatest(checkpoint, place, load);
      } catch (error) {
        if (error instanceof EngineError) throw error;
        throw new EngineError(`could not load the state: ${place}: ${messageOf(error)}`);
      }
    },
    encode: (snapshot) => ({
      ...envelopeOf(snapshot.resources),
      checkpoint: { stack: stackName, latest: encodeLatest(snapshot, secrets.salt, style) },
    }),
  };
};
