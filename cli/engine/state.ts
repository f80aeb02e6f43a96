import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { codeOf } from "@second-server/contract/caught";
import type { Role } from "@second-server/contract/roles";

import { PRIMARY_NAMES } from "../../config/primaries";
import type { Context } from "../context";
import { failed } from "../errors";

/** A resource as the state has it, as far as the command line looks at it. */
export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
  /** To be made anew by the next `up`. */
  readonly taint?: boolean;
  /** Deleted, and still to be made anew. */
  readonly pendingReplacement?: boolean;
  /** Why its creation did not end well. */
  readonly initErrors?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/**
 * The folder of the stack's backend; undefined where the owner has chosen one that is no folder
 * (PULUMI_BACKEND_URL, not for the local stack).
 */
export const backendFolder = (
  { local, paths }: Context,
  chosen: string | undefined = process.env["PULUMI_BACKEND_URL"],
): string | undefined => {
  if (local || !chosen) return paths.state;
  return chosen.startsWith("file:///") ? fileURLToPath(chosen.split("?")[0]!) : undefined;
};

/** Undefined where the backend is no folder. */
export const stateFile = (context: Context): string | undefined => {
  const folder = backendFolder(context);
  return folder === undefined
    ? undefined
    : join(folder, ".pulumi/stacks/second-server", `${context.stack}.json`);
};

/** Only Pulumi's own CLI reaches a backend that is no folder. */
const exported = (context: Context): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      ["stack", "export", "--cwd", context.project, "--stack", context.stack],
      { maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (error)
          reject(
            failed(
              `fleet: the state of "${context.stack}" can't be read from PULUMI_BACKEND_URL: ${stderr.trim() || error.message}`,
            ),
          );
        else resolve(stdout);
      },
    );
  });

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

/** In a backend's file, and as the CLI exports it. */
export const resourcesIn = (text: string): readonly StoredResource[] => {
  const state = JSON.parse(text) as {
    checkpoint?: { latest?: { resources?: StoredResource[] } | null };
    deployment?: { resources?: StoredResource[] };
  };
  return state.checkpoint?.latest?.resources ?? state.deployment?.resources ?? [];
};

/**
 * What the stack's state holds, secrets as they are stored; undefined where nothing has been made
 * yet.
 */
export const readResources = async (
  context: Context,
): Promise<readonly StoredResource[] | undefined> => {
  const file = stateFile(context);
  const text = file === undefined ? await exported(context) : await readIfThere(file);
  return text === undefined ? undefined : resourcesIn(text);
};

const DROPLET = "digitalocean:index/droplet:Droplet";

/** A resource's own name there, which is not that of the thing. */
export const nameInProgram = ({ urn }: StoredResource): string => urn.split("::").at(-1) ?? "";

export const dropletCalled = (
  resources: readonly StoredResource[],
  name: string,
): StoredResource | undefined =>
  resources.find(
    ({ type, delete: isGoing, urn }) =>
      type === DROPLET && isGoing !== true && urn.endsWith(`${DROPLET}::${name}`),
  );

/** Of two, the one that has the floating IP. */
const primaryIn = (resources: readonly StoredResource[]): StoredResource | undefined => {
  const all = PRIMARY_NAMES.flatMap((name) => dropletCalled(resources, name) ?? []);
  const held = resources.find(
    ({ type, delete: isGoing }) =>
      isGoing !== true && type === "digitalocean:index/reservedIpAssignment:ReservedIpAssignment",
  )?.inputs?.["dropletId"];
  return all.find(({ id }) => typeof held === "number" && id === String(held)) ?? all[0];
};

/**
 * The machine's droplet: by its name in the program, as the name of the droplet itself may be about
 * to change.
 */
export const dropletIn = (
  resources: readonly StoredResource[],
  role: Role,
): StoredResource | undefined =>
  role === "primary" ? primaryIn(resources) : dropletCalled(resources, role);
