import { type Document, isMap, parseDocument } from "yaml";

import { EngineError } from "../errors";
import { parsePath } from "../plan/paths";
import { openBackend } from "../state/backend";
import { parseCheckpoint } from "../state/checkpoint";
import { writeAtomically } from "../state/files";
import { createSecrets, openSecrets, type SecretsManager } from "../state/secrets";
import { readProject } from "./project";
import type { Tree } from "./project-config";
import { containsSecure, opened, passphrase, readStackFile, type StackFile } from "./stack-config";

/** Which stack's configuration is meant. */
export interface StackPlace {
  /** The folder of Pulumi.yaml, or one below it. */
  readonly folder: string;
  readonly stack: string;
  /** Where its state is; default: as for every other command. */
  readonly backendUrl?: string;
  /** Default: PULUMI_CONFIG_PASSPHRASE, or what PULUMI_CONFIG_PASSPHRASE_FILE holds. */
  readonly passphrase?: string;
}

export interface StackSetting {
  /** With its namespace: "project:key". */
  readonly key: string;
  readonly secret: boolean;
  /** As it is written in the stack's file; a secret encrypted. */
  readonly written: Tree;
}

/** The configuration in Pulumi.STACK.yaml, to be read and changed; comments in it stay. */
export interface StackSettings {
  readonly path: string;
  readonly list: () => readonly StackSetting[];
  /** In the clear; undefined where the stack does not say. */
  readonly get: (key: string, options?: { path?: boolean }) => Promise<Tree | undefined>;
  readonly isSecret: (key: string, options?: { path?: boolean }) => boolean;
  /** On the disk when it resolves. */
  readonly set: (
    key: string,
    value: string,
    options?: { secret?: boolean; path?: boolean },
  ) => Promise<void>;
  /** Resolves with false where there was nothing to remove. */
  readonly remove: (key: string, options?: { path?: boolean }) => Promise<boolean>;
}

/** "key" or "namespace:key", as the CLI takes it ("namespace:config:key" is its older form). */
const qualified = (given: string, project: string): string => {
  const parts = given.split(":");
  if (parts.length === 3 && parts[1] === "config") parts.splice(1, 1);
  const [namespace, name] = parts.length === 1 ? [project, ...parts] : parts;
  if (parts.length > 2 || !namespace || !name)
    throw new EngineError(
      `invalid configuration key: could not parse ${given} as a configuration key ` +
        `(configuration keys should be of the form \`<namespace>:<name>\`)`,
    );
  return `${namespace}:${name}`;
};

type Step = string | number;
/** A key and the way into its value: "project:outer.inner[0]" with `path`, else the key alone. */
const placeOf = (given: string, project: string, path: boolean): readonly [string, ...Step[]] => {
  if (!path) return [qualified(given, project)];
  const cut = given.lastIndexOf(":", given.search(/[.[]|$/));
  const [first, ...inside] = parsePath(given.slice(cut + 1));
  if (first === undefined || first === "")
    throw new EngineError(`invalid configuration key: ${given}: the path is empty`);
  return [qualified(`${given.slice(0, cut + 1)}${first}`, project), ...inside];
};

/** Within a path, what reads as a boolean or a whole number is one, as the CLI has it. */
const readAs = (text: string): boolean | number | string => {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
};

const inTree = (value: Tree | undefined, [step, ...rest]: readonly Step[]): Tree | undefined => {
  if (step === undefined || value === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  const inner: unknown = Object.entries(value).find(([key]) => key === String(step))?.[1];
  return inTree(inner as Tree | undefined, rest);
};

const saltInState = async (
  place: StackPlace,
  url: string,
  project: string,
): Promise<string | undefined> => {
  const backend = await openBackend(url, project, place.stack);
  const text = await backend.read();
  if (text === undefined) return undefined;
  return parseCheckpoint(text, backend.stackFile).checkpoint.latest?.secrets_providers?.state?.salt;
};

const unlock = async (
  place: StackPlace,
  { path, settings }: StackFile,
  url: string,
  project: string,
): Promise<SecretsManager> => {
  const { secretsprovider: provider, encryptionsalt } = settings;
  if (provider !== undefined && provider !== "passphrase")
    throw new EngineError(
      `${path}: secretsprovider: ${JSON.stringify(provider)} is not supported by the embedded engine. Use the passphrase provider.`,
    );
  const salt = encryptionsalt ?? (await saltInState(place, url, project));
  const word = place.passphrase ?? (await passphrase());
  return salt === undefined ? await createSecrets(word) : await openSecrets(salt, word);
};

/** Opens a stack's configuration. Its secrets stay locked until one is asked for. */
export const openStackSettings = async (place: StackPlace): Promise<StackSettings> => {
  const project = await readProject(place.folder);
  const file = await readStackFile(project, place.stack);
  const document: Document = parseDocument(file.text ?? "");
  const url =
    place.backendUrl ?? (process.env["PULUMI_BACKEND_URL"] || project.backendUrl || "file://~");

  /**
   * What is written is found under its full name or, where it is the project's own, the short one.
   */
  const writtenAs = (key: string): string => {
    const given = Object.keys(file.settings.config ?? {});
    return given.find((name) => qualified(name, project.name) === key) ?? key;
  };
  const config = (): Record<string, Tree> => {
    const node = document.get("config");
    return isMap(node) ? (node.toJSON() as Record<string, Tree>) : {};
  };
  const save = async (): Promise<void> =>
    await writeAtomically(file.path, document.toString({ lineWidth: 0 }));

  let unlocking: Promise<SecretsManager> | undefined;
  const secrets = async (): Promise<SecretsManager> =>
    await (unlocking ??= unlock(place, file, url, project.name));

  return {
    path: file.path,
    list: () =>
      Object.entries(config()).map(([name, written]) => ({
        key: qualified(name, project.name),
        secret: containsSecure(written),
        written,
      })),
    get: async (name, { path = false } = {}) => {
      const [key, ...inside] = placeOf(name, project.name, path);
      const written = inTree(config()[writtenAs(key)], inside);
      if (written === undefined || !containsSecure(written)) return written;
      const manager = await secrets();
      return opened(written, (text) => manager.decrypt(text));
    },
    isSecret: (name, { path = false } = {}) => {
      const [key, ...inside] = placeOf(name, project.name, path);
      return containsSecure(inTree(config()[writtenAs(key)], inside) ?? null);
    },
    set: async (name, value, { secret = false, path = false } = {}) => {
      const [key, ...inside] = placeOf(name, project.name, path);
      const at = ["config", writtenAs(key), ...inside];
      // `config:` without anything below it is read as null, into which nothing can be set.
      if (!isMap(document.get("config"))) document.set("config", document.createNode({}));
      if (secret) {
        const manager = await secrets();
        document.setIn(at, document.createNode({ secure: manager.encrypt(value) }));
        document.set("encryptionsalt", manager.salt);
      } else document.setIn(at, path ? readAs(value) : value);
      await save();
    },
    remove: async (name, { path = false } = {}) => {
      const [key, ...inside] = placeOf(name, project.name, path);
      if (!document.deleteIn(["config", writtenAs(key), ...inside])) return false;
      if (Object.keys(config()).length === 0) document.delete("config");
      await save();
      return true;
    },
  };
};

/**
 * Sets one configuration value of a stack, encrypted with `secret`, as `pulumi config set` does.
 */
export const setConfigValue = async (
  place: StackPlace,
  key: string,
  value: string,
  options: { secret?: boolean } = {},
): Promise<void> => await (await openStackSettings(place)).set(key, value, options);
