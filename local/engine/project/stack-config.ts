import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parse, parseDocument } from "yaml";
import { z } from "zod";

import { codeOf, EngineError, messageOf } from "../errors";
import { writeAtomically } from "../state/files";
import { createSecrets, openSecrets, type SecretsManager } from "../state/secrets";
import type { Project } from "./project";
import { type Given, tree, type Tree, validateStack } from "./project-config";

/** A stack's configuration, decrypted: "project:key" → text (JSON text for lists and objects). */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** As written, secrets encrypted: for the history. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const stackFileShape = z.looseObject({
  secretsprovider: z.unknown().optional(),
  encryptionsalt: z.string().nullish(),
  config: z.record(z.string(), tree).nullish(),
});

/** Pulumi.NAME.yaml. */
export interface StackFile {
  readonly path: string;
  /** Undefined: there is none yet. */
  readonly text?: string;
  readonly settings: z.infer<typeof stackFileShape>;
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

const parseYaml = (path: string, text: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    throw new EngineError(`${path}: ${messageOf(error)}`);
  }
};

export const readStackFile = async (project: Project, stack: string): Promise<StackFile> => {
  const path = join(project.stackFolder, `Pulumi.${stack}.yaml`);
  const text = await readIfThere(path);
  const parsed = stackFileShape.safeParse(parseYaml(path, text ?? "") ?? {});
  if (!parsed.success)
    throw new EngineError(
      parsed.error.issues
        .map((issue) => `${path}: ${issue.path.join(".")}: ${issue.message}`)
        .join("\n"),
    );
  return { path, text, settings: parsed.data };
};

export const passphrase = async (): Promise<string> => {
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (given !== undefined) return given;
  if (file !== undefined && file !== "") return (await readFile(file, "utf8")).trim();
  throw new EngineError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
};

/**
 * Opens the stack's secrets. A stack that has none gets a salt, which is written to its
 * Pulumi.NAME.yaml by the first operation that changes anything.
 */
export const openStackSecrets = async (
  file: StackFile,
  saltInState: string | undefined,
): Promise<{ secrets: SecretsManager; keep: () => Promise<void> }> => {
  const { secretsprovider: provider, encryptionsalt } = file.settings;
  if (provider !== undefined && provider !== "passphrase")
    throw new EngineError(
      `${file.path}: secretsprovider: ` +
        `${typeof provider === "string" ? provider : JSON.stringify(provider)} is not ` +
        "supported by the embedded engine. Use the passphrase provider.",
    );
  const salt = encryptionsalt ?? saltInState;
  if (salt !== undefined) {
    const secrets = await openSecrets(salt, await passphrase());
    return { secrets, keep: async () => {} };
  }
  const secrets = await createSecrets(await passphrase());
  const keep = async (): Promise<void> => {
    const document = parseDocument(file.text ?? "");
    document.set("encryptionsalt", secrets.salt);
    await writeAtomically(file.path, document.toString({ lineWidth: 0 }));
  };
  return { secrets, keep };
};

const isSecure = (value: Tree): value is { readonly secure: string } =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).join() === "secure" &&
  "secure" in value &&
  typeof value.secure === "string";
/** Whether any of it is encrypted. */
export const containsSecure = (value: Tree): boolean =>
  typeof value === "object" &&
  value !== null &&
  (isSecure(value) || Object.values(value).some(containsSecure));

/** The same with every `secure: ciphertext` in the clear. */
export const opened = (value: Tree, decrypt: (ciphertext: string) => string): Tree => {
  if (typeof value !== "object" || value === null) return value;
  if (isSecure(value)) return decrypt(value.secure);
  if (Array.isArray(value)) return value.map((item: Tree) => opened(item, decrypt));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, opened(item, decrypt)]),
  );
};

/** `config:` while it is being gathered. */
interface Gathered {
  readonly values: Record<string, string>;
  readonly raw: Record<string, Tree>;
  readonly contents: Map<string, Given>;
}

const put = (
  { values, raw, contents }: Gathered,
  key: string,
  given: Tree,
  decrypt: (ciphertext: string) => string,
): void => {
  const content = opened(given, decrypt);
  const whole = typeof content === "object" && content !== null;
  const text = whole ? JSON.stringify(content) : String(content ?? "");
  values[key] = text;
  raw[key] = typeof given === "object" && given !== null ? given : text;
  contents.set(key, { content: whole ? content : text, secret: containsSecure(given) });
};

/**
 * Decrypts `config:`, and completes it by what the project's own file says. A key without a
 * namespace belongs to the project.
 */
export const readStackConfig = (
  file: StackFile,
  project: Project,
  stack: string,
  secrets: SecretsManager,
  validating: boolean,
): StackConfig => {
  const gathered: Gathered = { values: {}, raw: {}, contents: new Map() };
  const { values, raw, contents } = gathered;
  for (const [name, value] of Object.entries(file.settings.config ?? {})) {
    put(gathered, name.includes(":") ? name : `${project.name}:${name}`, value, (ciphertext) => {
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
    if (!contents.has(key) && value !== undefined) put(gathered, key, value, (text) => text);
  return {
    values,
    secretKeys: [...contents].filter(([, { secret }]) => secret).map(([key]) => key),
    raw,
  };
};
