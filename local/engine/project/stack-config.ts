import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { EngineError, messageOf } from "../errors";
import { writeAtomically } from "../state/files";
import { createSecrets, openSecrets, type SecretsManager } from "../state/secrets";
import type { Project } from "./project";

/** A stack's configuration, decrypted: "project:key" → text (JSON text for lists and objects). */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** As written, for the history: {key: {value, secret}}. */
  readonly raw: Readonly<Record<string, { value: string; secret: boolean; objectValue: boolean }>>;
}

export interface StackFile { readonly path: string; readonly text: string | null; readonly document: Record<string, unknown> }

export const readStackFile = async (project: Project, stack: string): Promise<StackFile> => {
  const path = join(project.folder, `Pulumi.${stack}.yaml`);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => { if (error.code === "ENOENT") return null; throw error; });
  try {
    return { path, text, document: (text === null ? {} : (parse(text) ?? {})) as Record<string, unknown> };
  } catch (error) {
    throw new EngineError(`${path}: ${messageOf(error)}`);
  }
};

const passphrase = async (): Promise<string> => {
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (given !== undefined) return given;
  if (file !== undefined && file !== "") return (await readFile(file, "utf8")).trim();
  throw new EngineError("passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables");
};

/** Opens the stack's secrets. A stack that has none gets a salt, which is written to its Pulumi.NAME.yaml by the first operation that changes anything. */
export const openStackSecrets = async (file: StackFile, saltInState: string | undefined): Promise<{ secrets: SecretsManager; keep: () => Promise<void> }> => {
  const provider = file.document["secretsprovider"];
  if (provider !== undefined && provider !== "passphrase") throw new EngineError(`${file.path}: secretsprovider: ${String(provider)} is not supported by the embedded engine. Use the passphrase provider.`);
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



const containsSecure = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (Object.keys(value).join() === "secure" || Object.values(value).some(containsSecure));

/** Decrypts `config:`. A key without a namespace belongs to the project. */
export const readStackConfig = (file: StackFile, project: Project, secrets: SecretsManager): StackConfig => {
  const values: Record<string, string> = {};
  const raw: Record<string, { value: string; secret: boolean; objectValue: boolean }> = {};
  const secretKeys: string[] = [];
  const config = (file.document["config"] ?? {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(config)) {
    const key = name.includes(":") ? name : `${project.name}:${name}`;
    if (typeof value === "object" && value !== null && typeof (value as { secure?: unknown }).secure === "string") {
      const { secure } = value as { secure: string };
      try { values[key] = secrets.decrypt(secure); } catch { throw new EngineError(`${file.path}: config.${name}: can't be decrypted with this stack's passphrase and encryptionsalt`); }
      secretKeys.push(key);
      raw[key] = { value: secure, secret: true, objectValue: false };
      continue;
    }
    if (containsSecure(value)) throw new EngineError(`${file.path}: config.${name}: secure values inside lists and objects are not supported by the embedded engine. Give the secret a key of its own.`);
    const objectValue = typeof value === "object" && value !== null;
    values[key] = objectValue ? JSON.stringify(value) : String(value ?? "");
    raw[key] = { value: values[key], secret: false, objectValue };
  }
  return { values, secretKeys, raw };
};

