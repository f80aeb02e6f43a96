import { createHash } from "node:crypto";

import { z } from "zod";

import { EngineError, messageOf } from "../errors";
import { encrypted, type JsonObject, loader } from "../values/stored";
import type { Secret } from "../values/value";
import { loadResource, requirements, type Resource, storeResource } from "./resource";
import type { SecretsManager } from "./secrets";

export type OperationType = "creating" | "updating" | "deleting" | "reading" | "importing";
export interface PendingOperation {
  readonly resource: Resource;
  readonly type: OperationType;
}
export interface Snapshot {
  readonly resources: readonly Resource[];
  readonly pending: readonly PendingOperation[];
  /** When it was written (ms); of a snapshot that was read. */
  readonly at?: number;
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
        resources: z
          .array(z.looseObject({ urn: z.string(), type: z.string(), custom: z.boolean() }))
          .optional(),
        pending_operations: z
          .array(z.looseObject({ resource: z.looseObject({ urn: z.string() }), type: z.string() }))
          .optional(),
      })
      .nullish(),
  }),
});
/** What makes a state one of version 4, so that a CLI that does not know it leaves it alone. */
const FEATURES: Readonly<Record<string, (resource: Resource) => boolean>> = {
  hooks: ({ resourceHooks }) => resourceHooks !== undefined,
  replaceWith: ({ replaceWith = [] }) => replaceWith.length > 0,
};
export type Checkpoint = z.infer<typeof shape>;

/** Parses a stack file; throws an EngineError naming `place` where it is damaged or of another version. */
export const parseCheckpoint = (text: string, place: string): Checkpoint => {
  const damaged = (why: string): EngineError =>
    new EngineError(
      `could not load the state: ${place}: ${why}. A copy of the state before the last operation is in ${place}.bak and in .pulumi/backups.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`not JSON (${messageOf(error)})`);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    const version = (json as { version?: unknown } | null)?.version;
    throw damaged(
      version !== undefined && version !== 3 && version !== 4
        ? `its version is ${String(version)}, and this engine reads 3 and 4`
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

/** Each resource only after what it needs, and only once: what the CLI checks too, before it trusts a state. */
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

/** Turns checkpoints into snapshots and back, keeping the ciphertext of unchanged secrets. */
export const deploymentCodec = (stackName: string, secrets: SecretsManager, place: string) => {
  const ciphertexts = new WeakMap<Secret, string>();
  const load = loader(secrets, ciphertexts);
  const style = encrypted(secrets, ciphertexts);
  return {
    decode: ({ checkpoint: { latest } }: Checkpoint): Snapshot => {
      try {
        const resources = (latest?.resources ?? []).map((json) =>
          loadResource(json as JsonObject, load),
        );
        verify(resources, place);
        const pending = (latest?.pending_operations ?? []).map(({ resource, type }) => ({
          resource: loadResource(resource as JsonObject, load),
          type: type as OperationType,
        }));
        const at = Date.parse((latest?.["manifest"] as { time?: string } | undefined)?.time ?? "");
        return { resources, pending, ...(Number.isNaN(at) ? {} : { at }) };
      } catch (error) {
        if (error instanceof EngineError) throw error;
        throw new EngineError(`could not load the state: ${place}: ${messageOf(error)}`);
      }
    },
    encode: ({ resources, pending }: Snapshot): JsonObject => {
      const time = new Date().toISOString();
      const latest = {
        manifest: {
          time,
          magic: createHash("sha256").update(VERSION).digest("hex"),
          version: VERSION,
        },
        secrets_providers: { type: "passphrase", state: { salt: secrets.salt } },
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
      };
      const features = Object.keys(FEATURES).filter((name) =>
        resources.some((resource) => FEATURES[name]!(resource)),
      );
      return {
        version: features.length > 0 ? 4 : 3,
        ...(features.length > 0 ? { features } : {}),
        checkpoint: { stack: stackName, latest },
      };
    },
  };
};

/** The version of the CLI whose state this is; its hash is the manifest's "magic". */
const VERSION = "v3.270.0";
