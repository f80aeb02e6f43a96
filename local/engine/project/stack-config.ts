import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parse, parseDocument } from "yaml";

import { EngineError, messageOf } from "../errors";
import { writeAtomically } from "../state/files";
import { createSecrets, openSecrets, type SecretsManager } from "../state/secrets";
import type { Project } from "./project";
import { type Given, validateStack } from "./project-config";

/** A stack's configuration, decrypted: "project:key" → text (JSON text for lists and objects). */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** As written, secrets encrypted: for the history. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface StackFile {
  readonly path: string;
  readonly text: string | null;
  readonly document: Record<string, unknown>;
}

export const readStackFile = async (project: Project, stack: string): Promise<StackFile> => {
  const path = join(project.stackFolder, `Pulumi.${stack}.yaml`);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  try {
    return {
      path,
      text,
      document: (text === null ? {} : (parse(text) ?? {})) as Record<string, unknown>,
    };
  } catch (error) {
    throw new EngineError(`${path}: ${messageOf(error)}`);
  }
};

export const passphrase = async (): Promise<string> => {
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (given !== undefined) return given;
  if (file !== undefined && file !== "") return (await readFile(file, "utf8")).trim();
  throw new EngineError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
};

/** Opens the stack's secrets. A stack that has none gets a salt, which is written to its Pulumi.NAME.yaml by the first operation that changes anything. */
export const openStackSecrets = async (
  file: StackFile,
  saltInState: string | undefined,
): Promise<{ secrets: SecretsManager; keep: () => Promise<void> }> => {
  const provider = file.document["secretsprovider"];
  if (provider !== undefined && provider !== "passphrase")
    throw new EngineError(
      `${file.path}: secretsprovider: ${String(provider)} is not supported by the embedded engine. Use the passphrase provider.`,
    );
  const salt = (file.document["encryptionsalt"] as string | undefined) ?? saltInState;
  if (salt !== undefined) {
    const secrets = await openSecrets(salt, await passphrase());
    return { secrets, keep: async () => {} };
  }
  const secrets = await createSecrets(await passphrase());
  const keep = async (): Promise<void> => {
    const document = parseDocument(file.text ?? "");
    if (document.contents === null) document.contents = document.createNode({}) as never;
    document.set("encryptionsalt", secrets.salt);
    await writeAtomically(file.path, document.toString({ lineWidth: 0 }));
  };
  return { secrets, keep };
};

type Tree = null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree };
const isSecure = (value: Tree): value is { readonly secure: string } =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).join() === "secure" &&
  typeof (value as { secure: Tree }).secure === "string";
const containsSecure = (value: Tree): boolean =>
  typeof value === "object" &&
  value !== null &&
  (isSecure(value) || Object.values(value).some(containsSecure));

/** The same with every `secure: ciphertext` in the clear. */
const opened = (value: Tree, decrypt: (ciphertext: string) => string): Tree => {
  if (typeof value !== "object" || value === null) return value;
  if (isSecure(value)) return decrypt(value.secure);
  if (Array.isArray(value)) return value.map((item: Tree) => opened(item, decrypt));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, opened(item, decrypt)]),
  );
};

/** Decrypts `config:`, and completes it by what the project's own file says. A key without a namespace belongs to the project. */
export const readStackConfig = (
  file: StackFile,
  project: Project,
  stack: string,
  secrets: SecretsManager,
  validating: boolean,
): StackConfig => {
  const values: Record<string, string> = {};
  const raw: Record<string, Tree> = {};
  const contents = new Map<string, Given>();
  const put = (key: string, given: Tree, decrypt: (ciphertext: string) => string): void => {
    const content = opened(given, decrypt);
    const whole = typeof content === "object" && content !== null;
    values[key] = whole ? JSON.stringify(content) : String(content ?? "");
    raw[key] = typeof given === "object" && given !== null ? given : values[key];
    contents.set(key, { content: whole ? content : values[key], secret: containsSecure(given) });
  };
  for (const [name, value] of Object.entries(
    (file.document["config"] ?? {}) as Record<string, Tree>,
  )) {
    put(name.includes(":") ? name : `${project.name}:${name}`, value, (ciphertext) => {
      try {
        return secrets.decrypt(ciphertext);
      } catch {
        throw new EngineError(
          `${file.path}: config.${name}: can't be decrypted with this stack's passphrase and encryptionsalt`,
        );
      }
    });
  }
  if (validating) validateStack(stack, project.declarations, (key) => contents.get(key));
  for (const { key, value } of project.declarations)
    if (!contents.has(key) && value !== undefined) put(key, value as Tree, (text) => text);
  return {
    values,
    secretKeys: [...contents].filter(([, { secret }]) => secret).map(([key]) => key),
    raw,
  };
};
