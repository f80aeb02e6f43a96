import { existsSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";

import { PROJECT } from "../../config/stack-config";
import type { Context } from "../context";

/**
 * What a local DigitalOcean begins with: a folder of this name that has none of it is somebody
 * else's.
 */
const CLOUD_FILES = ["machines", "records.json", "cloud.log", "daemon.lock", "ca.pem"];

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : [];

export const cloudFolder = ({ paths }: Context): string => join(paths.state, "cloud");
export const isForeignCloud = (context: Context): boolean => {
  const names = namesIn(cloudFolder(context));
  return names.length > 0 && !names.some((name) => CLOUD_FILES.includes(name));
};

/** Folders below .pulumi that have something of each stack, by project. */
const KINDS = ["stacks", "history", "backups", "locks/organization"];
/**
 * Its folder, its state in each of its forms, what the CLI notes beside them (.attrs), and what a
 * killed write of it has left.
 */
const isOfStack =
  (stack: string) =>
  (name: string): boolean =>
    name === stack ||
    (name.startsWith(`${stack}.`) &&
      /^(json(\.gz)?(\.bak)?(\.attrs)?|json\.[0-9a-f]{8}\.tmp|pulumi-tags)$/.test(
        name.slice(stack.length + 1),
      ));
/** Also of a command that was killed. */
const isLock = (name: string): boolean => /^(fleet|drill)\.lock(\.\d+(\.dead)?)?$/.test(name);

const removeIfEmpty = (folder: string): void => {
  if (existsSync(folder) && namesIn(folder).length === 0) rmdirSync(folder);
};

/** Whether the stack has left anything in its state folder, or the local DigitalOcean has. */
export const isThere = (context: Context): boolean =>
  existsSync(cloudFolder(context)) ||
  existsSync(join(context.paths.state, "ssh", context.stack)) ||
  KINDS.some((kind) =>
    namesIn(join(context.paths.state, ".pulumi", kind, PROJECT)).some(isOfStack(context.stack)),
  );

/**
 * Removes what a stack has in the state folder: another stack's state, which holds its only keys,
 * stays, and so does what is none of ours. Returns what the folder still holds.
 */
export const forgetStack = ({ paths: { state }, stack, local }: Context): readonly string[] => {
  const pulumi = join(state, ".pulumi");
  for (const kind of KINDS) {
    const folder = join(pulumi, kind, PROJECT);
    for (const name of namesIn(folder).filter(isOfStack(stack)))
      rmSync(join(folder, name), { recursive: true, force: true });
    for (const parent of [folder, join(pulumi, kind)]) removeIfEmpty(parent);
  }
  removeIfEmpty(join(pulumi, "locks"));
  // The layout's version, which the last stack takes with it; the CLI writes attributes beside it.
  const version = ["meta.yaml", "meta.yaml.attrs"];
  if (namesIn(pulumi).every((name) => version.includes(name)))
    for (const name of version) rmSync(join(pulumi, name), { force: true });
  removeIfEmpty(pulumi);
  for (const name of namesIn(state).filter(isLock)) rmSync(join(state, name));
  // Drills, and what is remembered of them, are of the local DigitalOcean.
  if (local) rmSync(join(state, "drills"), { recursive: true, force: true });
  rmSync(join(state, "ssh", stack), { recursive: true, force: true });
  for (const folder of [join(state, "ssh"), state]) removeIfEmpty(folder);
  return namesIn(state);
};
